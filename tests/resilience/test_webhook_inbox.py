"""What the inbox promises, shown on real processes: acknowledged is never lost, and handled is handled once.

Without a wake-up it would take the host's minute; half of it is generous, for machines that do other things beside.
"""

from concurrent.futures import ThreadPoolExecutor

SOON = 30  # seconds


def test_handled_at_once(world):
    server = world.start()
    assert world.post(server, "first") == 200
    assert world.wait_until_handled("first") < SOON, "the commit wakes the worker"
    world.post(server, "warm")
    assert world.wait_until_handled("warm") < SOON
    assert world.effects() == {"first": 1, "warm": 1}


def test_killed_between_answer_and_handling(world):
    server = world.start(cron_threads=0)  # nothing handles events in this process
    assert world.post(server, "paid") == 200
    server.kill9()
    assert world.events() == {"paid": ["received", 0]}
    assert world.effects() == {}

    world.start_again(server)
    assert world.wait_until_handled("paid") < SOON, "long before the host's own look once a minute"
    assert world.events() == {"paid": ["done", 1]}
    assert world.effects() == {"paid": 1}
    assert world.post(server, "paid") == 200, "the sender may repeat itself"
    world.post(server, "next")
    world.wait_until_handled("next")  # the worker had its turn
    assert world.effects() == {"paid": 1, "next": 1}


def test_worker_processes(world):
    """The same with processes instead of threads, as a larger server runs."""
    server = world.start(cron_threads=0, workers="2")
    assert world.post(server, "paid") == 200
    server.kill9()
    world.start_again(server, cron_threads=1)
    assert world.wait_until_handled("paid") < SOON
    keys = [f"event {index}" for index in range(10)]
    world.in_parallel(lambda key: world.post(server, key), keys)
    assert world.wait_until_handled(*keys) < SOON
    assert world.post(server, "early", retry=1) == 200
    assert world.wait_until_handled("early") < SOON
    assert world.effects() == dict.fromkeys(["paid", *keys, "early"], 1)
    said = server.log.read_text()
    assert "Evented Service (longpolling) running" in said and "Traceback" not in said


def test_killed_in_the_middle_of_handling(world, tmp_path):
    server = world.start()
    assert world.post(server, "paid", until=str(tmp_path / "go on")) == 200
    world.wait_for((tmp_path / "go on.waiting").exists, what="the handler's work")
    assert world.events() == {"paid": ["received", 1]}, "the attempt is counted before it is made"
    server.kill9()
    assert world.effects() == {}, "what the handler did before the kill is gone"

    (tmp_path / "go on").touch()
    world.start_again(server)
    world.wait_until_handled("paid")
    assert world.events() == {"paid": ["done", 2]}
    assert world.effects() == {"paid": 1}


def test_an_event_that_kills_the_process_is_parked(world):
    world.query("INSERT INTO ir_config_parameter (key, value) VALUES ('sire_base.webhook_max_attempts', '2')")
    server = world.start(cron_threads=0)
    assert world.post(server, "deadly", kill=True) == 200
    assert world.post(server, "good") == 200
    server.kill9()
    for attempt in (1, 2):
        world.start_until_killed(server)
        assert world.events()["deadly"] == ["received", attempt]
        # its time has come
        world.query("UPDATE sire_webhook_event SET next_attempt_at = received_at WHERE event_key = 'deadly'")
    world.start_again(server)
    world.wait_for(lambda: world.events()["deadly"][0] == "parked", what="parking")
    world.wait_until_handled("good")
    assert world.effects() == {"good": 1}
    assert world.post(server, "later") == 200
    world.wait_until_handled("later")


def test_two_servers_handle_each_event_once(world):
    servers = [world.start(), world.start()]
    keys = [f"event {index}" for index in range(50)]
    statuses = world.in_parallel(lambda item: world.post(servers[item[0] % 2], item[1]), enumerate(keys))
    assert set(statuses) == {200}
    world.wait_until_handled(*keys)
    assert world.effects() == dict.fromkeys(keys, 1)
    assert {attempts for _state, attempts in world.events().values()} == {1}


def test_workers_side_by_side_share_the_events(world):
    """The host runs a scheduled job in one place at a time; the inbox does not lean on that."""
    servers = [world.start(cron_threads=0), world.start(cron_threads=0)]
    keys = [f"event {index}" for index in range(50)]
    world.in_parallel(lambda key: world.post(servers[0], key, sleep=0.02), keys)
    begun = world.in_parallel(lambda index: world.work(servers[index % 2]), range(6))
    assert sum(begun) == 50 and sum(count > 0 for count in begun) > 1, begun
    assert world.effects() == dict.fromkeys(keys, 1)
    assert {tuple(event) for event in world.events().values()} == {("done", 1)}
    pids = world.query("SELECT count(DISTINCT pid) FROM resilience_effect")
    assert pids == [(2,)], "both processes took their share"


def test_a_slow_handler_is_left_alone(world, tmp_path):
    """The wait of the first attempt runs out while its handler still works: the row is due, and locked."""
    servers = [world.start(cron_threads=0), world.start(cron_threads=0)]
    world.post(servers[0], "slow", until=str(tmp_path / "go on"))
    with ThreadPoolExecutor() as pool:
        first = pool.submit(world.work, servers[0])
        world.wait_for(
            lambda: world.query(
                "SELECT 1 FROM sire_webhook_event WHERE attempts = 1 AND next_attempt_at < now() AT TIME ZONE 'UTC'"
            ),
            what="the wait running out",
        )
        assert world.work(servers[1]) == 0
        assert not first.done()
        (tmp_path / "go on").touch()
        assert first.result() == 1
    assert world.events() == {"slow": ["done", 1]}
    assert world.effects() == {"slow": 1}


def test_duplicates_at_the_same_moment(world):
    servers = [world.start(), world.start()]
    statuses = world.in_parallel(lambda index: world.post(servers[index % 2], "same"), range(20))
    assert set(statuses) == {200}, "each sender gets its answer"
    world.wait_until_handled("same")
    world.post(servers[0], "next")
    world.wait_until_handled("next")  # the workers had their turn
    assert set(world.events()) == {"same", "next"}
    assert world.effects() == {"same": 1, "next": 1}


def test_a_short_wait_is_short(world):
    server = world.start()
    assert world.post(server, "early", retry=1) == 200
    assert world.wait_until_handled("early") < SOON, "a timer, not the look once a minute"
    assert world.events() == {"early": ["done", 2]}
    assert world.effects() == {"early": 1}
