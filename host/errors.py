"""The one exception of the host: something went wrong that a person can do something about."""

import errno
import re


class Failure(Exception):
    """Shown as one line, exit status 1.

    :param what: what happened, a sentence without its full stop
    :param todo: what to do about it, likewise
    """

    def __init__(self, what, todo=""):
        self.what = what.rstrip(". ")
        self.todo = todo.rstrip(". ")
        super().__init__(str(self))

    def __str__(self):
        return f"{self.what}. {self.todo}." if self.todo else f"{self.what}."


class Missing(Failure):
    """Something that was asked for by name is not there (any more)."""


_NETWORK = Failure(
    "No network: a download did not get through", "Check the connection (or the proxy) and run the same command again"
)

_NETWORK = re.compile(
    r"temporary failure (in name )?resol|could ?n.?t resolve|could not resolve|name or service not known|network is unreachable"
    r"|no route to host|connection timed out|connection refused|failed to connect|dns error|error sending request"
    r"|newconnectionerror|max retries exceeded|could not connect to|unable to connect|failed to fetch|enotfound|eai_again|econnrefused",
    re.IGNORECASE,
)
_DISK = re.compile(r"no space left on device|disk quota exceeded|not enough free space|enospc", re.IGNORECASE)


def disk_full(where):
    """The failure for a full disk.

    :param where: the folder that is on it
    """
    return Failure(
        f"Disk full: no space left under {where}",
        "Free some space there, or set SIRE_HOME to a folder on another disk, and run again",
    )


def explain(step, output, log=None):
    """Turns what a failed program said into one line for a person.

    :param step: what was being done, as the steps name it
    :param output: what the program printed
    :param log: the file in which all of it is
    :return: the :class:`Failure` to raise
    """
    if _DISK.search(output):
        return disk_full(log.parent.parent if log else "this folder")
    if _NETWORK.search(output):
        return Failure(
            f"No network: {step} could not download what it needs",
            "Check the connection (or the proxy) and run the same command again",
        )
    raised = re.findall(r"^Traceback .*\n(?:[ \t].*\n|\n)*^(\S.*)$", output, re.MULTILINE)
    if raised:
        return Failure(f"{step} failed: {raised[-1][:300]}", f"All it said is in {log}" if log else "")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\b(error|critical|fatal)\b|Error:|^E:", line, re.IGNORECASE)]
    last = (errors or lines or ["it said nothing"])[-1][:300]
    return Failure(f"{step} failed: {last}", f"All it said is in {log}" if log else "")


def explain_os_error(error, where):
    """One line for an ``OSError`` nobody expected.

    :param error: the exception
    :param where: the folder of state, for a full disk
    :return: the :class:`Failure` to show, None when it says nothing to a person
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(where)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Failure(
            f"Not allowed to write {error.filename or where}",
            "Run as the owner of that folder, or set SIRE_HOME to one that is yours",
        )
    return None
