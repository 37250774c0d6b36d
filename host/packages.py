"""Debian packages that the system lacks: found by what they bring, installed by name, once, said aloud."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from . import paths, process
from .errors import Failure
from .ui import Step, say

SUPPORTED = {("debian", "12"), ("debian", "13"), ("ubuntu", "24.04")}
ENV = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/sire.conf")


def system(os_release=Path("/etc/os-release")):
    """``(id, version)`` of this system, ``("debian", "12")`` for example."""
    try:
        text = os_release.read_text()
    except OSError:
        return "unknown", ""
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.MULTILINE))
    return fields.get("ID", "unknown"), fields.get("VERSION_ID", "")


def check_system():
    """Says so in one line where this cannot work, before anything is touched.

    :raise Failure: when there is no apt here, or Python is too new
    """
    name, version = system()
    if not process.which("apt-get") or not process.which("dpkg-deb"):
        raise Failure(
            f"Unsupported system: {name} {version}".rstrip(),
            "Use Debian 12, Debian 13 or Ubuntu 24.04, or docker-compose.yml",
        )
    if (name, version) not in SUPPORTED:
        say(
            f"    note: {name} {version or '(no version)'} is not one of Debian 12, Debian 13, Ubuntu 24.04; trying anyway",
            sys.stderr,
        )


def postgres_bin():
    """The folder of PostgreSQL's server programs, the newest version's; None when there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: float(path.parent.name))
    initdb = process.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def chromium():
    """A Chromium that runs here, as a path; None when there is none. Ubuntu's own is a snap's door, which is not one."""
    named = os.environ.get("SIRE_CHROMIUM")
    for name in [named] if named else ["chromium", "google-chrome-stable", "google-chrome", "chromium-browser"]:
        path = process.which(name)
        if (
            path
            and "/snap/" not in str(Path(path).resolve())
            and b"/snap/bin/" not in Path(path).resolve().read_bytes()[:4096]
        ):
            return path
    return None


def _keyring():
    return any(Path("/usr/share/keyrings", f"debian-archive-keyring.{end}").exists() for end in ("gpg", "pgp"))


def _venv():
    return importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None


def _python_venv_name():
    """Debian's package for this very python, where it is Debian's."""
    if Path(sys.executable).resolve().parent == Path("/usr/bin"):
        return "python3.%d-venv" % sys.version_info[1]
    return "python3-venv"


def _installed(package):
    return "install ok installed" in process.read(["dpkg-query", "-W", "-f", "${Status}", package])


CHROMIUM_NEEDS = (
    "libasound2t64", "libatk-bridge2.0-0t64", "libcairo2", "libcups2t64", "libgbm1", "libnss3", "libpango-1.0-0",
    "libxcomposite1", "libxdamage1", "libxfixes3", "libxkbcommon0", "libxrandr2",
)  # fmt: skip
EVERYTHING = ("python", "postgres", "archive", "pdf", "tests")


def needed(parts):
    """The names of the packages to install now.

    :param parts: for what: some of :data:`EVERYTHING`
    """
    lacking = {
        "python": [] if _venv() else [_python_venv_name()],
        "postgres": [] if postgres_bin() else ["postgresql"],
        "archive": [] if _keyring() else ["debian-archive-keyring"],
        "pdf": [],
        "tests": [] if process.which("wkhtmltopdf") else ["wkhtmltopdf"],  # both engines print every report there
    }
    if system()[0] == "debian":  # what prints: Chromium without windows, which starts at once
        lacking["pdf"] += [] if process.which("chromium-headless-shell") else ["chromium-headless-shell"]
    elif not chromium() and not process.which("wkhtmltopdf"):
        lacking["pdf"].append("wkhtmltopdf")
    if system()[0] != "debian" and not os.environ.get("SIRE_DEBIAN_MIRROR") and not process.which("debootstrap"):
        lacking["archive"].append("debootstrap")  # knows Debian's own mirror
    if os.environ.get("SIRE_ODOO"):
        lacking["archive"] = []
    if not chromium():  # elsewhere than on Debian Playwright brings one, which needs these
        lacking["tests"] += (
            ["chromium"] if system()[0] == "debian" else [n for n in CHROMIUM_NEEDS if not _installed(n)]
        )
    for program, package in (("pdftotext", "poppler-utils"), ("docker-compose", "docker-compose")):
        if not process.which(program):
            lacking["tests"].append(package)
    if not any(Path("/usr/lib").glob("*/libcairo.so.2")):
        lacking["pdf"].append("libcairo2")  # barcodes and QR codes are drawn with it
    if not any(Path("/usr/lib").glob("*/libatomic.so.1")):
        lacking["tests"].append("libatomic1")  # Playwright's driver stands on it
    if not any(Path("/usr/share/fonts").rglob("*.ttf")):
        lacking["pdf"].append("fonts-dejavu-core")
    return list(dict.fromkeys(name for part in parts for name in lacking[part]))


def _in_archive(name):
    """Whether apt can install a package of that name."""
    return (
        re.search(
            r"Candidate: (?!\(none\))", process.read(["apt-cache", "policy", name], env={**os.environ, "LC_ALL": "C"})
        )
        is not None
    )


def command_for(names):
    """The command, in one line, that a person with root rights runs to install ``names``."""
    install = "apt-get install -y --no-install-recommends " + " ".join(shlex.quote(name) for name in names)
    if "postgresql" in names:  # without this, Debian starts a cluster of its own
        quiet = f"mkdir -p {NO_CLUSTER.parent} && echo create_main_cluster=false >{NO_CLUSTER} && {install} && rm {NO_CLUSTER}"
        return f"sudo sh -c '{quiet}'"
    return f"sudo {install}"


def _sudo():
    """What to put before a command to run it as root.

    :raise Failure: when this user may not
    """
    if os.geteuid() == 0:
        return []
    if process.which("sudo"):
        if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
            return ["sudo", "-n"]
        if sys.stdin.isatty():
            say("    sudo will ask for your password once")
            if subprocess.run(["sudo", "-v"], check=False).returncode == 0:
                return ["sudo"]
    return None


def ensure(parts=EVERYTHING[:-1]):
    """Installs what is missing.

    :param parts: for what: some of :data:`EVERYTHING`
    :raise Failure: when that cannot be done; the line says what to do
    """
    names = needed(parts)
    broken = _unfinished().exists()
    if not names and not broken:
        return
    optional = {"wkhtmltopdf"}
    sudo = _sudo() if broken or set(names) - optional else []
    if sudo is None:
        raise Failure(
            f"Missing Debian packages, and no right to install them: {', '.join(names)}",
            "Run this once, then the same ./sire command again: "
            + command_for([n for n in names if n not in optional or _in_archive(n)]),
        )
    if broken:
        _finish(sudo)
        names = needed(parts)
    if set(names) <= optional and (os.geteuid() != 0 or not any(_in_archive(name) for name in names)):
        return  # the steps that would use it say so themselves
    _install(names, sudo, optional)


def _apt(what, command, **options):
    """Runs one of Debian's tools; it is left to end by itself when we are killed."""
    return process.run(what, command, tied=False, **options)


def _unfinished():
    """A file that is there while apt works: when it is there at the start, the last installation was interrupted."""
    return paths.home() / "installing"


def _finish(sudo):
    """Completes an installation that was interrupted."""
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    with Step("Debian packages: completing an interrupted installation"):
        _apt("Completing the installation", [*sudo, *ENV, "apt-get", *wait, "check"], log="apt-check", check=False)
        _apt(
            "Completing the installation", [*sudo, *ENV, "dpkg", "--configure", "-a"], log="dpkg-configure", check=False
        )
        _apt("Completing the installation", [*sudo, *ENV, "apt-get", *wait, "install", "-y", "-f"], log="apt-fix")
        _apt("Tidying up", [*sudo, "rm", "-f", NO_CLUSTER], log="apt-prepare", check=False)
    paths.remove(_unfinished())


def _install(names, sudo, optional):
    with Step("Debian's package lists"):
        _apt("Reading Debian's package lists", [*sudo, *ENV, "apt-get", "update"], log="apt-update", check=False)
    for name in [name for name in names if name in optional and not _in_archive(name)]:
        say(f"    {name} is not in {' '.join(system())}: going without it")
        names = [other for other in names if other != name]
    for name in names:
        if not _in_archive(name):
            raise Failure(
                f"The Debian package {name} is not in this system's archive",
                "Enable the main (on Ubuntu: universe) component, run apt-get update, and run again",
            )
    if not names:
        return
    say(f"    installing Debian packages, once: {' '.join(names)}")
    quiet = "postgresql" in names
    if quiet:  # Debian would start a cluster of its own; ours is private and nobody asked for another
        script = f"mkdir -p {NO_CLUSTER.parent} && echo create_main_cluster=false >{NO_CLUSTER}"
        _apt("Preparing PostgreSQL's installation", [*sudo, "sh", "-c", script], log="apt-prepare")
    try:
        paths.make()
        _unfinished().touch()
        with Step(f"Debian packages ({', '.join(names)})") as step:
            done, total = 0, 0

            def on_line(line):
                nonlocal done, total
                found = re.match(r"(\d+) upgraded, (\d+) newly installed", line)
                if found:
                    total = 3 * (int(found[1]) + int(found[2]))
                done += bool(re.match(r"Get:|Unpacking |Setting up ", line))
                step.progress(done, total)

            options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
            command = [*sudo, *ENV, "apt-get", *options, "install", "-y", "--no-install-recommends", *names]
            _apt("Installing Debian packages", command, log="apt-install", on_line=on_line)
        paths.remove(_unfinished())
    finally:
        if quiet:
            _apt("Tidying up", [*sudo, "rm", "-f", NO_CLUSTER], log="apt-prepare", check=False)
    importlib.invalidate_caches()
