"""The audit log on real processes: refused requests, a server that is killed, and ./sire audit verify of backups."""

import json
import subprocess
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from host import paths, testing, venv
from host.commands import audit
from host.errors import Failure

TURNS = 5  # of each, before the server is killed
SIGN = """
env["sire.audit.entry"]._log("note", note="before the backup")
env.cr.commit()
settings = env["res.config.settings"].create({})  # by the button: its transaction is older than what it signs
said = settings.action_sire_audit_checkpoint()["params"]["message"]
assert "was signed" in said, said
env.cr.commit()
"""


@pytest.fixture(scope="module")
def prepared():
    bench, name = testing.prepared(("sire_audit",))
    yield bench, name
    bench.databases.drop(name)


def verify(bench, *arguments):
    command = [venv.python(), audit.SCRIPT, "--json", *arguments]
    done = subprocess.run(
        [str(part) for part in command], env=bench.cluster.env, capture_output=True, text=True, check=False
    )
    return json.loads(done.stdout)


def test_a_backup_is_checked_in_every_form(prepared, tmp_path):
    bench, name = prepared
    testing.odoo_shell(bench, name, SIGN)
    folder = paths.home() / "data" / "sire_audit" / name
    key = folder.with_suffix(".pub")
    known = ("--checkpoints", folder, "--public-key", key)
    assert verify(bench, "--database", name, *known)["ok"]
    plain, custom, zipped = (tmp_path / f"backup.{kind}" for kind in ("sql", "dump", "zip"))
    for kind, file in (("p", plain), ("c", custom)):
        command = [bench.cluster.bin / "pg_dump", "-F", kind, "-f", file, name]
        subprocess.run([str(part) for part in command], env=bench.cluster.env, check=True)
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(plain, "dump.sql")
    restored = f"{name}_restored"
    for file in (custom, zipped):
        audit.restore(bench, file, restored)
        said = verify(bench, "--database", restored, *known)
        assert said["ok"], (file.name, said)
        assert said["checkpoints"] == 1
    # the log goes on, is signed, and then the old backup is brought back
    testing.odoo_shell(bench, name, SIGN)
    audit.restore(bench, custom, restored)
    said = verify(bench, "--database", restored, *known)
    assert [finding["what"] for finding in said["findings"]] == ["tail"]
    # half a backup
    (tmp_path / "half.dump").write_bytes(custom.read_bytes()[:5000])
    audit.restore(bench, tmp_path / "half.dump", restored)
    assert not verify(bench, "--database", restored, *known)["ok"]
    bench.databases.drop(restored)


def test_what_is_no_backup_is_said(prepared, tmp_path):
    bench, name = prepared
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(Failure, match="no backup"):
        audit.restore(bench, wrong, f"{name}_wrong")
    bench.databases.drop(f"{name}_wrong")


def test_refused_and_killed(prepared):
    """Eight people at once, some refused, and the server is killed in the middle: what is in the tables is in the log."""
    bench, _name = prepared
    with testing.server(("sire_audit",), sandbox=False) as sire:
        sire.shell(
            """
for number in range(8):
    user = env["res.users"].create({"name": f"W{number}", "login": f"w{number}", "password": f"w{number}-w{number}-w{number}",
        "group_ids": [(6, 0, [env.ref(f"base.{name}").id for name in ("group_user", "group_partner_manager")[:1 + number % 2]])]})
env.cr.commit()
"""
        )

        def sign_in(number):
            session = requests.Session()
            session.trust_env = False
            credentials = {"db": sire.db, "login": f"w{number}", "password": f"w{number}-w{number}-w{number}"}
            session.post(f"{sire.url}/web/session/authenticate", json={"params": credentials}, timeout=60)
            return session

        busy = threading.Semaphore(0)

        def work(number, session):
            made = 0
            try:
                for turn in range(1000):
                    args = {
                        "model": "res.partner",
                        "method": "create",
                        "args": [{"name": f"P{number}-{turn}"}],
                        "kwargs": {},
                    }
                    answer = session.post(f"{sire.url}/web/dataset/call_kw", json={"params": args}, timeout=60).json()
                    made += "result" in answer
                    if turn == TURNS:
                        busy.release()
            except requests.RequestException:
                return made
            return made

        with ThreadPoolExecutor(8) as pool:
            sessions = list(pool.map(sign_in, range(8)))
            working = [pool.submit(work, number, session) for number, session in enumerate(sessions)]
            for _one in sessions:
                busy.acquire(timeout=120)
            sire.kill9()
        answered = sum(future.result() for future in working)
        ((partners, logged, refused),) = sire.sql(
            """SELECT (SELECT count(*) FROM res_partner WHERE name LIKE 'P%-%'),
                      (SELECT count(*) FROM sire_audit_entry WHERE model = 'res.partner' AND action = 'create'
                          AND personal->'name'->>1 LIKE 'P%-%' AND channel = 'web' AND NOT past_orm),
                      (SELECT count(*) FROM sire_audit_entry WHERE kind = 'denied')"""
        )
        assert int(partners) >= answered > 0
        assert partners == logged
        assert 4 <= int(refused) <= 4 * 20, "one each at least, and no more than a minute allows"
        sire.start()
        deadline = time.monotonic() + 150
        while sire.sql("SELECT count(*) FROM sire_audit_entry WHERE seq IS NULL") != [["0"]]:
            assert time.monotonic() < deadline, "nobody chained what the killed server left"
            time.sleep(1)
        assert verify(bench, "--database", sire.db)["ok"]
