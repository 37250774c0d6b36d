"""Where things are: the repository, and the folder of state (``.sire/`` or SIRE_HOME)."""

import hashlib
import os
import shutil
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent


def home():
    """The folder of state, absolute; it may not exist yet."""
    return Path(os.environ.get("SIRE_HOME") or REPO / ".sire").expanduser().absolute()


def make(*parts):
    """A folder below the state folder, made when it is missing."""
    path = home().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def logs(name):
    """The log file of that name."""
    return make("logs") / f"{name}.log"


def home_id():
    """Eight hexadecimal digits that stand for this state folder."""
    return hashlib.sha256(str(home().resolve()).encode()).hexdigest()[:8]


def remove(path):
    """Deletes a file, a link or a whole folder; nothing happens when it is not there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def aside(path):
    """Where ``path`` is built before it is moved into place; what an interrupted build left there is removed."""
    part = path.with_name(path.name + ".part")
    remove(part)
    return part


def into_place(part, path):
    """Moves what was built aside into place, in one step as seen from outside."""
    if path.exists() or path.is_symlink():
        old = aside(path.with_name(path.name + ".old"))
        path.rename(old)
        part.rename(path)
        remove(old)
    else:
        part.rename(path)


def write(path, text, mode=0o644):
    """Writes a small file whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text)
    part.chmod(mode)
    part.replace(path)


def free_space():
    """Bytes free on the disk of the state folder."""
    path = home()
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def prune(folder, keep, prefix=""):
    """Deletes what a folder holds from before: everything whose name begins with ``prefix``, but ``keep``."""
    for path in folder.iterdir():
        if path.name.startswith(prefix) and path.name != keep:
            remove(path)
