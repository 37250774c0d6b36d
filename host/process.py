"""Running programs: their output goes to a log, their failure becomes one line."""

import ctypes
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import paths
from .errors import Failure, explain

_PRCTL = ctypes.CDLL(None).prctl
_SET_PDEATHSIG = 1


def die_with_parent():
    """In a child, before its program starts: the kernel kills it when its parent dies, however that dies."""
    _PRCTL(_SET_PDEATHSIG, signal.SIGKILL)


def run(step, command, *, log=None, on_line=None, check=True, tied=True, **options):
    """Runs a program to its end, its output in a log file.

    :param step: what it does, for the message when it fails
    :param command: the program and its arguments
    :param log: name of the log, the program's name by default
    :param on_line: called with each line of output as it comes
    :param tied: whether it is killed when we are: the next run begins anew, undisturbed by what the last one left working
    :return: all the output
    :raise Failure: when it cannot be started or fails
    """
    log_file = paths.logs(log or Path(command[0]).name)
    output = []
    try:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            stdin=options.pop("stdin", subprocess.DEVNULL),
            preexec_fn=die_with_parent if tied else None,  # noqa: PLW1509  (one system call, nothing that a lock could hold)
            **options,
        )
    except FileNotFoundError:
        raise Failure(f"{step} needs {command[0]}, which is not installed") from None
    try:
        with log_file.open("w") as handle:
            handle.write("$ " + " ".join(str(part) for part in command) + "\n")
            for line in process.stdout:
                handle.write(line)
                output.append(line)
                if on_line:
                    on_line(line)
        process.wait()
    except BaseException:
        stop(process.pid, grace=5)
        process.wait()
        raise
    text = "".join(output)
    if check and process.returncode:
        raise explain(step, text, log_file)
    return text


def read(command, **options):
    """The output of a small program, empty when it fails or is not there."""
    try:
        return subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, check=False, **options
        ).stdout
    except OSError:
        return ""


def born(pid):
    """When a process was started, as the kernel counts; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def stop(pid, grace=20, kill_group=False):
    """Ends a process: politely, then not.

    :param pid: its number
    :param grace: seconds it has to end by itself
    :param kill_group: the processes that it started too (it leads their group)
    """

    def send(number):
        try:
            (os.killpg if kill_group else os.kill)(pid, number)
        except ProcessLookupError:
            pass

    send(signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass
        if born(pid) is None:
            break
        time.sleep(0.05)
    else:
        send(signal.SIGKILL)
        for _turn in range(100):
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            if born(pid) is None:
                return
            time.sleep(0.05)


def which(name):
    """The full path of a program, looked for in the sbin folders too."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin")
