"""Odoo's source: unpacked from Debian's packages, or a checkout that SIRE_ODOO names."""

import json
import os
import re
import subprocess
from pathlib import Path

from . import archive, paths, process
from .errors import Failure, explain
from .ui import Step, say

PACKAGES = Path("usr/lib/python3/dist-packages")
DUPLICATE = f"./{PACKAGES}/addons"  # Debian's package holds the addons twice; the ones inside odoo/ are used
KNOWN_DANGLING = {
    "point_of_sale/static/src/fonts/Inconsolata.otf"
}  # a till's font, a format that Debian no longer ships


class Odoo:
    """An Odoo that is there.

    :param path: the folder to import ``odoo`` from
    :param version: what ``./sire status`` shows and what prepared databases are keyed by
    """

    def __init__(self, path, version):
        self.path = path
        self.version = version

    @property
    def addons(self):
        """The folders of Odoo's own modules."""
        return [folder for folder in (self.path / "addons", self.path / "odoo" / "addons") if folder.is_dir()]


def _checkout(named):
    path = Path(named).expanduser().absolute()
    release = path / "odoo" / "release.py"
    if not release.exists():
        raise Failure(
            f"SIRE_ODOO={named} is not an Odoo source folder (no odoo/release.py in it)",
            "Name the folder that has odoo-bin in it, or unset SIRE_ODOO",
        )
    found = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
    series = f"{found[1]}.{found[2]}" if found else "unknown"
    if series != archive.SERIES:
        raise Failure(
            f"SIRE_ODOO={named} is Odoo {series}", f"Check out the {archive.SERIES} branch there, or unset SIRE_ODOO"
        )
    commit = process.read(["git", "-C", path, "rev-parse", "--short=12", "HEAD"]).strip()
    return Odoo(path, f"{series} checkout {commit or path}")


def find():
    """The Odoo that is there already, None when it has to be fetched."""
    named = os.environ.get("SIRE_ODOO")
    if named:
        return _checkout(named)
    folder = paths.home() / "odoo" / archive.lock_id(archive.read_lock())
    origin = folder / "origin.json"
    if not origin.exists():
        return None
    return Odoo(folder / PACKAGES, json.loads(origin.read_text())[archive.MAIN])


def ensure():
    """Odoo, fetched and unpacked when it is not there.

    :return: an :class:`Odoo`
    """
    odoo = find()
    if odoo:
        return odoo
    lock = archive.read_lock()
    final = paths.make("odoo") / archive.lock_id(lock)
    part = paths.aside(final)
    debs = paths.aside(paths.home() / "odoo" / "debs")
    debs.mkdir()
    part.mkdir()
    try:
        files = archive.fetch(lock, debs)
        _unpack([entry["path"] for entry in files.values()], part)
        _check_links(part / PACKAGES / "odoo" / "addons")
        paths.write(
            part / "origin.json", json.dumps({package: entry["version"] for package, entry in files.items()}, indent=2)
        )
        paths.into_place(part, final)
    finally:
        paths.remove(debs)
        paths.remove(part)
    return find()


def _unpack(files, folder):
    total = 0
    for path in files:
        total += int(process.read(["dpkg-deb", "-f", path, "Installed-Size"]).strip() or 0) * 1024
    with Step("Unpack Odoo 19 (1.2 GB)") as step:
        done = 0
        tied = {"preexec_fn": process.die_with_parent, "stderr": subprocess.PIPE}
        for path in files:
            opening = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE, **tied)
            writing = subprocess.Popen(
                ["tar", "-x", "--no-same-owner", f"--exclude={DUPLICATE}", "-C", folder],
                stdin=subprocess.PIPE,
                **tied,
            )
            try:
                while block := opening.stdout.read(1 << 20):
                    writing.stdin.write(block)
                    done += len(block)
                    step.progress(done, total * 1.1)
            except BrokenPipeError:
                pass
            complaints = writing.communicate()[1] + opening.communicate()[1]
            if writing.returncode or opening.returncode:
                log = paths.logs("unpack")
                log.write_bytes(complaints)
                raise explain("Unpacking Odoo", complaints.decode(errors="replace"), log)


def _check_links(addons):
    """Says which links lead nowhere; the known ones are left out."""
    dangling = [
        str(Path(folder, name).relative_to(addons))
        for folder, folders, names in os.walk(addons)
        for name in [*folders, *names]
        if os.path.islink(os.path.join(folder, name)) and not os.path.exists(os.path.join(folder, name))
    ]
    for name in sorted(set(dangling) - KNOWN_DANGLING):
        say(f"    note: {name} of Odoo leads to a file that Debian does not ship")
