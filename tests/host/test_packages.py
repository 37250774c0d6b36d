"""Debian packages: which are missing, who may install them, what is said."""

import subprocess

import pytest

from host import packages, process
from host.errors import Failure


@pytest.fixture
def bare(monkeypatch, home):
    """A Debian 12 with nothing installed and an archive that has everything; what would be run is written down."""
    ran = []
    monkeypatch.setattr(packages, "system", lambda: ("debian", "12"))
    monkeypatch.setattr(packages, "postgres_bin", lambda: None)
    monkeypatch.setattr(packages, "chromium", lambda: None)
    monkeypatch.setattr(packages, "_venv", lambda: False)
    monkeypatch.setattr(packages, "_keyring", lambda: False)
    monkeypatch.setattr(packages, "_installed", lambda package: False)
    monkeypatch.setattr(packages, "_python_venv_name", lambda: "python3.11-venv")
    monkeypatch.setattr(packages, "_in_archive", lambda name: True)
    monkeypatch.setattr(process, "which", lambda name: "/usr/bin/sudo" if name == "sudo" else None)
    monkeypatch.setattr(process, "run", lambda what, command, **options: ran.append(" ".join(map(str, command))) or "")
    monkeypatch.setattr(packages.os, "geteuid", lambda: 0)
    return ran


def test_what_a_bare_system_needs(bare):
    found = packages.needed(packages.EVERYTHING)
    assert {"python3.11-venv", "postgresql", "debian-archive-keyring", "wkhtmltopdf", "chromium"} <= set(found)
    assert {"poppler-utils", "docker-compose", "chromium-headless-shell"} <= set(found)
    to_run = packages.needed(("python", "postgres", "archive", "pdf"))
    assert "chromium-headless-shell" in to_run
    assert not {"chromium", "wkhtmltopdf"} & set(to_run)


def test_what_prints_on_ubuntu(bare, monkeypatch):
    monkeypatch.setattr(packages, "system", lambda: ("ubuntu", "24.04"))
    assert "wkhtmltopdf" in packages.needed(("pdf",))


def test_installed_once_by_name_and_said(bare, capsys):
    packages.ensure(("python", "postgres"))
    said = capsys.readouterr().out
    assert "installing Debian packages, once: python3.11-venv postgresql" in said
    install = next(line for line in bare if "install -y" in line)
    assert install.endswith("--no-install-recommends python3.11-venv postgresql")


def test_no_cluster_of_debians_own(bare):
    """The file that keeps Debian from starting a cluster is there before, and gone after, also when apt fails."""
    packages.ensure(("postgres",))
    order = [
        next(i for i, line in enumerate(bare) if part in line)
        for part in ("create_main_cluster=false", "install -y", "rm -f")
    ]
    assert order == sorted(order)


def test_apt_fails(bare, monkeypatch, home):
    def run(what, command, **options):
        bare.append(" ".join(map(str, command)))
        if "install" in command:
            raise Failure("Installing Debian packages failed: E: broken")
        return ""

    monkeypatch.setattr(process, "run", run)
    with pytest.raises(Failure, match="broken"):
        packages.ensure(("postgres",))
    assert "rm -f" in bare[-1]
    assert (home / "installing").exists()


def test_an_interrupted_installation_is_completed_first(bare, monkeypatch, home):
    (home / "installing").touch()
    packages.ensure(("postgres",))
    assert next(i for i, line in enumerate(bare) if "dpkg --configure -a" in line) < next(
        i for i, line in enumerate(bare) if "--no-install-recommends" in line
    )
    assert not (home / "installing").exists()


def test_nothing_missing_nothing_run(bare, monkeypatch):
    monkeypatch.setattr(packages, "needed", lambda parts: [])
    packages.ensure()
    assert bare == []


def test_without_root_and_without_sudo(bare, monkeypatch):
    monkeypatch.setattr(packages.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(process, "which", lambda name: None)
    with pytest.raises(Failure) as caught:
        packages.ensure(("python", "archive"))
    line = str(caught.value)
    assert "\n" not in line
    assert "sudo apt-get install -y --no-install-recommends python3.11-venv debian-archive-keyring" in line
    assert bare == []


def test_with_sudo(bare, monkeypatch):
    monkeypatch.setattr(packages.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages.subprocess, "run", lambda *args, **options: subprocess.CompletedProcess(args, 0))
    packages.ensure(("python",))
    assert all(line.startswith("sudo -n env DEBIAN_FRONTEND=noninteractive") for line in bare)


def test_sudo_that_asks_for_a_password_and_nobody_there(bare, monkeypatch):
    monkeypatch.setattr(packages.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages.subprocess, "run", lambda *args, **options: subprocess.CompletedProcess(args, 1))
    monkeypatch.setattr(packages.sys, "stdin", type("NoTerminal", (), {"isatty": lambda self: False})())
    with pytest.raises(Failure, match="no right to install"):
        packages.ensure(("python",))


def test_the_command_for_postgresql_starts_no_cluster():
    line = packages.command_for(["postgresql", "chromium"])
    assert "\n" not in line
    assert line.startswith("sudo sh -c '")
    assert line.index("create_main_cluster=false") < line.index("apt-get install") < line.index("rm ")


def test_wkhtmltopdf_is_done_without_where_debian_has_none(bare, monkeypatch, capsys):
    monkeypatch.setattr(packages, "system", lambda: ("debian", "13"))
    monkeypatch.setattr(packages, "_in_archive", lambda name: name != "wkhtmltopdf")
    packages.ensure(("python", "tests"))
    assert "wkhtmltopdf is not in debian 13: going without it" in capsys.readouterr().out
    assert not any("wkhtmltopdf" in line for line in bare if "install" in line)


def test_a_package_that_the_system_does_not_have(bare, monkeypatch):
    monkeypatch.setattr(packages, "_in_archive", lambda name: False)
    with pytest.raises(Failure, match="postgresql is not in this system's archive"):
        packages.ensure(("postgres",))
    assert not any("install -y" in line for line in bare)


def test_ubuntu_takes_debians_mirror_from_debootstrap_and_no_snap(bare, monkeypatch):
    monkeypatch.setattr(packages, "system", lambda: ("ubuntu", "24.04"))
    found = packages.needed(packages.EVERYTHING)
    assert "debootstrap" in found
    assert "chromium" not in found and "libnss3" in found
    monkeypatch.setenv("SIRE_ODOO", "/somewhere")
    assert packages.needed(("archive",)) == []


def test_a_snaps_door_is_no_chromium(monkeypatch, tmp_path):
    door = tmp_path / "chromium-browser"
    door.write_text("#!/bin/sh\nexec /snap/bin/chromium\n")
    monkeypatch.delenv("SIRE_CHROMIUM", raising=False)
    monkeypatch.setattr(process, "which", lambda name: str(door) if name == "chromium-browser" else None)
    assert packages.chromium() is None
    door.write_text("#!/bin/sh\nexec /usr/lib/chromium/chromium\n")
    assert packages.chromium() == str(door)
