"""What pytest says in a run of ours: no holes, the journeys' figures."""

import json
import os
import subprocess
import sys
import time

from host import filestores, journeys, paths


def run(folder, *arguments):
    """pytest with our plugin on files of a folder; returns what it printed."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:odoo",
        "-p",
        "no:cacheprovider",
        "-p",
        "host.holes",
        *arguments,
    ]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    env["PYTHONPATH"] = os.pathsep.join([str(paths.REPO), env.get("PYTHONPATH", "")])
    command += ["--rootdir", folder, folder]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


SKIPPED = {
    "call": "import pytest\ndef test_it():\n    pytest.skip('no wool')\n",
    "mark": "import pytest\n@pytest.mark.skipif(True, reason='no wool')\ndef test_it():\n    pass\n",
    "fixture": "import pytest\n@pytest.fixture\ndef wool():\n    pytest.skip('no wool')\ndef test_it(wool):\n    pass\n",
    "unittest": "import unittest\n@unittest.skip('no wool')\nclass TestIt(unittest.TestCase):\n    def test_it(self):\n        pass\n",
    "file": "import pytest\npytest.skip('no wool', allow_module_level=True)\n",
    "import": "import pytest\npytest.importorskip('no_wool', reason='no wool')\ndef test_it():\n    pass\n",
}


def test_a_skipped_test_fails_and_says_what_it_needs(tmp_path):
    for name, source in SKIPPED.items():
        (tmp_path / f"test_{name}.py").write_text(source)
    (tmp_path / "test_known.py").write_text("import pytest\n@pytest.mark.xfail\ndef test_it():\n    assert False\n")
    done = run(tmp_path, "-q", "--continue-on-collection-errors")
    assert done.returncode == 1, done.stdout
    assert done.stdout.count("what this one needs has to be there (no wool)") >= len(SKIPPED), done.stdout
    assert "1 failed, 1 xfailed, 5 errors" in done.stdout.splitlines()[-1]


def test_a_worker_cleans_only_files_of_its_own(tmp_path):
    (tmp_path / "main" / "ab").mkdir(parents=True)
    (tmp_path / "main" / "ab" / "abc").write_text("x")
    with filestores.own("main", "main-gw1", tmp_path.joinpath), filestores.own("main", "main-gw2", tmp_path.joinpath):
        (tmp_path / "main-gw1" / "ab" / "abc").unlink()
        (tmp_path / "main-gw1" / "cd").mkdir()
        assert {folder.name for folder in (tmp_path / "main-gw2").iterdir()} == {"ab"}
        assert (tmp_path / "main-gw2" / "ab" / "abc").read_text() == "x"
    assert (tmp_path / "main" / "ab" / "abc").read_text() == "x"
    assert {folder.name for folder in tmp_path.iterdir()} == {"main"}


def test_a_database_that_is_nobodys_copy_keeps_its_files(tmp_path):
    (tmp_path / "main").mkdir()
    with filestores.own("main", "main", tmp_path.joinpath):
        assert (tmp_path / "main").exists()
    assert (tmp_path / "main").exists()


def test_figures_of_this_run_are_printed(home):
    row = {"journey": "project to sent quotation", "count": 4, "at_most": 7, "unit": "clicks", "seconds": 2.34}
    paths.make("reports", "journeys")
    (journeys.folder() / "new.json").write_text(json.dumps(row))
    (journeys.folder() / "old.json").write_text(json.dumps({**row, "journey": "old"}))
    os.utime(journeys.folder() / "old.json", (1, 1))
    (line,) = journeys.lines(time.time() - 600)
    assert line.split() == ["project", "to", "sent", "quotation", "4", "clicks", "(at", "most", "7)", "2.3", "s"]
