import pytest

from . import world as worlds


@pytest.fixture(scope="session")
def probe():
    """A database with nothing of ours but sire_base and the probe, made once and copied by every test."""
    bench, name = worlds.prepare()
    yield bench, name
    bench.databases.drop(name)


@pytest.fixture
def world(probe):
    world = worlds.World(*probe)
    try:
        yield world
    finally:
        world.close()
