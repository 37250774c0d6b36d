"""Debian packages fetched without installing them: sid's signed index, read with an apt state of our own."""

import hashlib
import json
import os
import re
import threading
from pathlib import Path

from . import paths, process
from .errors import Failure, Missing
from .ui import Step, say

LOCK = paths.REPO / "host" / "odoo.lock"
SERIES = "19.0"
MAIN = "odoo-19"


def read_lock():
    """``{package: {"suite", "version", "sha256"}}`` as pinned."""
    return json.loads(LOCK.read_text())["packages"]


def lock_id(lock):
    """Twelve hexadecimal digits that stand for what the lock pins."""
    return hashlib.sha256(json.dumps(lock, sort_keys=True).encode()).hexdigest()[:12]


def mirror():
    """The address of Debian's archive: the one this system uses; on Ubuntu the one that Debian's own tool knows.

    :raise Failure: when none is found
    """
    named = os.environ.get("SIRE_DEBIAN_MIRROR")
    if named:
        return named
    targets = process.read(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(ORIGIN)|$(COMPONENT)|$(CODENAME)|$(REPO_URI)",
            "Created-By: Packages",
        ]
    )
    for line in targets.splitlines():
        origin, component, codename, uri = line.split("|")
        if origin == "Debian" and component == "main" and "security" not in codename + uri:
            return uri
    tool = process.which("debootstrap")
    found = re.search(r'^DEF_MIRROR="?([^"\n]+)', Path(tool).read_text(), re.MULTILINE) if tool else None
    if found:
        return found[1]
    raise Failure(
        "No Debian archive is known to this system",
        "Set SIRE_DEBIAN_MIRROR to the address of one, as it would stand in sources.list",
    )


class Archive:
    """A private view on Debian's archive."""

    def __init__(self):
        self.root = paths.make("debian")
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        keyrings = [Path("/usr/share/keyrings", f"debian-archive-keyring.{end}") for end in ("gpg", "pgp")]
        key = next((path for path in keyrings if path.exists()), keyrings[0])
        address = mirror()
        sources = "".join(f"deb [signed-by={key}] {address} {suite} main\n" for suite in ("sid", "bookworm"))
        paths.write(self.root / "sources.list", sources)
        paths.write(self.root / "status", "")
        options = {
            "Dir::State": self.root / "state", "Dir::State::status": self.root / "status", "Dir::Cache": self.root / "cache",
            "Dir::Etc::sourcelist": self.root / "sources.list", "Dir::Etc::sourceparts": "-", "Dir::Etc::preferencesparts": "-",
            "Dir::Etc::preferences": "-", "APT::Sandbox::User": "", "Acquire::Languages": "none", "Acquire::Retries": "2",
            "APT::Get::List-Cleanup": "true", "APT::Default-Release": "",
            "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false", "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
        }  # fmt: skip
        self.options = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        self.env = {**os.environ, "LC_ALL": "C"}

    def update(self):
        """Reads the signed index of today."""
        with Step("Debian's index (sid and 12)"):
            command = ["apt-get", *self.options, "-o", "APT::Update::Error-Mode=any", "update"]
            process.run("Reading Debian's index", command, log="sid-index", env=self.env)

    def versions(self, lock):
        """The versions that the index knows of each package in its suite, newest first; of Odoo those of our series.

        :param lock: what is pinned, for names and suites
        :return: ``{package: [version]}``
        """
        text = process.read(["apt-cache", *self.options, "madison", *lock], env=self.env)
        found = {package: [] for package in lock}
        for line in text.splitlines():
            package, version, source = (field.strip() for field in line.split("|"))
            if f" {lock[package]['suite']}/" in source and source.endswith("Packages"):
                found[package] += [version] if package != MAIN or version.startswith(SERIES) else []
        return found

    def uris(self, wanted):
        """What would be downloaded.

        :param wanted: ``{package: version}``
        :return: ``{package: (file name, bytes, sha256)}``
        """
        names = [f"{package}={version}" for package, version in wanted.items()]
        text = process.run(
            "Looking into Debian's index",
            ["apt-get", *self.options, "--print-uris", "download", *names],
            log="sid-uris",
            env=self.env,
        )
        found = {}
        for name, size, digest in re.findall(r"^'[^']+' (\S+) (\d+) SHA256:(\w+)", text, re.MULTILINE):
            found[name.split("_")[0]] = (name, int(size), digest)
        return found

    def download(self, wanted, folder):
        """Fetches packages into a folder, checked against the signed index.

        :param wanted: ``{package: version}``
        :return: ``{package: (path, sha256)}``
        """
        plan = self.uris(wanted)
        total = sum(size for _name, size, _digest in plan.values())
        over = threading.Event()
        with Step(f"Download from Debian ({total / 1e6:.0f} MB)") as step:

            def watch():
                while not over.wait(0.5):
                    step.progress(sum(path.stat().st_size for path in folder.rglob("*.deb")), total)

            watcher = threading.Thread(target=watch, daemon=True)
            watcher.start()
            try:
                names = [f"{package}={version}" for package, version in wanted.items()]
                process.run(
                    "The download from Debian",
                    ["apt-get", *self.options, "download", *names],
                    log="sid-download",
                    env=self.env,
                    cwd=folder,
                )
            finally:
                over.set()
                watcher.join()
        return {package: (folder / name, digest) for package, (name, _size, digest) in plan.items()}


def choose(archive, lock):
    """Which versions to fetch: the pinned ones, today's where a pinned one has gone from the archive (said aloud).

    :return: ``{package: version}``
    :raise Missing: when the archive has no Odoo of our series any more
    """
    wanted = {}
    known = archive.versions(lock)
    for package, pin in lock.items():
        have = known[package]
        if pin["version"] in have:
            wanted[package] = pin["version"]
        elif have:
            wanted[package] = have[0]
            say(
                f"    {package} {pin['version']} has gone from Debian's archive: taking {have[0]} (./sire update-host pins it)"
            )
        else:
            raise _gone(package)
    return wanted


def _gone(package):
    name = f"{package} {SERIES}" if package == MAIN else package
    return Missing(
        f"Debian's archive has no {name} any more", f"Set SIRE_ODOO to the folder of an Odoo {SERIES} source checkout"
    )


def digest_of(path):
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def fetch(lock, folder):
    """Downloads what the lock pins.

    :param folder: where to put the files; empty
    :return: ``{package: {"version", "path"}}``
    :raise Failure: when a file is not the pinned one
    """
    archive = Archive()
    archive.update()
    wanted = choose(archive, lock)
    got = archive.download(wanted, folder)
    for package, (path, _digest) in got.items():
        if wanted[package] == lock[package]["version"] and digest_of(path) != lock[package]["sha256"]:
            raise Failure(
                f"{path.name} is not the file that host/odoo.lock pins",
                "Run ./sire update-host if you trust Debian's archive of today",
            )
    return {package: {"version": wanted[package], "path": path} for package, (path, _digest) in got.items()}


def repin():
    """Pins what Debian's archive has today.

    :return: lines that say what changed
    """
    archive = Archive()
    archive.update()
    lock = read_lock()
    wanted = {}
    for package, have in archive.versions(lock).items():
        if not have:
            raise _gone(package)
        wanted[package] = have[0]
    found = archive.uris(wanted)
    changes = []
    for package, pin in lock.items():
        if (pin["version"], pin["sha256"]) != (wanted[package], found[package][2]):
            changes.append(f"{package} {pin['version']} -> {wanted[package]}")
        pin.update(version=wanted[package], sha256=found[package][2])
    paths.write(LOCK, json.dumps({"packages": lock}, indent=2) + "\n")
    return changes
