"""Check the audit log of a database, or of a backup, by a program that needs no Odoo."""

import gzip
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from host import paths, setup, venv
from host.errors import Failure
from host.ui import Step

HELP = "./sire audit verify [--from DUMP]: is the audit log as it was written?"
SCRIPT = paths.REPO / "sire_audit" / "tools" / "verify_audit.py"


def add(parser):
    """Declares the arguments."""
    parser.add_argument("what", choices=["verify"])
    parser.add_argument("--from", dest="dump", type=Path, help="a backup: of pg_dump (any format) or Odoo's .zip")
    parser.add_argument("--database", default="sire", help="which one, or whose backup, when it is not SIRE's")
    parser.add_argument(
        "--checkpoints", type=Path, help="a folder of exported checkpoints, when it is not the usual one"
    )
    parser.add_argument(
        "--public-key", type=Path, help="the key that is known from elsewhere, when it is not this machine's"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def main(arguments):
    """Runs the checking program; its exit status is ours: 0 in order, 1 not, 2 could not be checked."""
    if arguments.dump and not arguments.dump.is_file():
        raise Failure(f"There is no file {arguments.dump}", "Name a backup of pg_dump or Odoo's .zip")
    with setup.preparing("audit") as bench:
        pass
    name = arguments.database
    try:
        if arguments.dump:
            name = f"run_{os.getpid()}_audit"
            restore(bench, arguments.dump, name)
        elif name not in bench.databases.names():
            raise Failure(f"There is no database {name}", "./sire run makes one")
        return _verify(bench, name, arguments)
    finally:
        if arguments.dump:
            bench.databases.drop(name)
        bench.release()


def _verify(bench, name, arguments):
    kept = paths.home() / "data" / "sire_audit"
    folder = arguments.checkpoints or kept / arguments.database
    key = arguments.public_key or kept / f"{arguments.database}.pub"
    command = [venv.python(), SCRIPT, "--database", name]
    command += ["--checkpoints", folder] if folder.is_dir() else []
    command += ["--public-key", key] if key.is_file() else []
    command += ["--json"] if arguments.json else []
    return subprocess.call([str(part) for part in command], env=bench.cluster.env)


def restore(bench, dump, name):
    """Restores a backup into a database of its own.

    :param dump: of pg_dump in any format but a folder, compressed or not, or a .zip of Odoo
    :param name: of the database; it is made anew
    """
    cluster = bench.cluster
    bench.databases.drop(name)
    cluster.sql(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
    with Step(f"Restoring {dump.name}"), tempfile.TemporaryDirectory() as folder:
        with dump.open("rb") as handle:
            magic = handle.read(5)
        if magic == b"PGDMP":
            _pour([cluster.bin / "pg_restore", "--no-owner", "--no-acl", "-d", name, dump], cluster)
            return
        plain = Path(folder) / "dump.sql"
        try:
            if magic[:2] == b"PK":
                with zipfile.ZipFile(dump) as archive, archive.open("dump.sql") as source, plain.open("wb") as target:
                    shutil.copyfileobj(source, target)
            elif magic[:2] == b"\x1f\x8b":
                with gzip.open(dump) as source, plain.open("wb") as target:
                    shutil.copyfileobj(source, target)
            else:
                plain = dump
        except (KeyError, EOFError, zipfile.BadZipFile, gzip.BadGzipFile) as error:
            raise Failure(
                f"{dump.name} is no backup that can be read: {error}", "Name a backup of pg_dump or Odoo"
            ) from error
        _pour([cluster.bin / "psql", "-X", "-q", "-d", name, "-f", plain], cluster)


def _pour(command, cluster):
    # what a backup says about roles that are not here is no matter; a log that did not arrive is found by the check
    subprocess.run(
        [str(part) for part in command],
        env=cluster.env,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
