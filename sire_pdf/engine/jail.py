"""What the browser may do to the machine: nothing it does not need. Each wall is tried first, and said when it does not stand."""

import contextlib
import ctypes
import os
import pwd
import resource
import signal

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
NOBODY = "nobody"

_libc = ctypes.CDLL(None, use_errno=True)


def _call(function, *arguments):
    if getattr(_libc, function)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def _works(attempt):
    """:return: whether something can be done here, tried in a child process"""
    pid = os.fork()
    if not pid:
        try:
            attempt()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def _drop_to(user):
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)


def _without_network(uid, gid):
    """Enters a network of its own, without even a loopback; as another user than root by way of a user namespace."""
    if os.geteuid() == 0:
        _call("unshare", CLONE_NEWNET)
        return
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNET)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


class Jail:
    """The walls that stand on this machine.

    ``user``: whom the browser runs as (None: as we do) · ``sandbox``: whether Chromium's own sandbox works ·
    ``network``: whether the kernel keeps the browser off every network · ``notes``: what does not stand, in words
    """

    def __init__(self):
        self.notes = []
        self.user = self._other_user()
        self.network = _works(lambda: _without_network(os.getuid(), os.getgid()))
        if not self.network:
            self.notes.append("the kernel lets the browser's process have a network; the browser itself refuses it")
        self.sandbox = _works(self._try_sandbox)
        if not self.sandbox:
            self.notes.append("Chromium's sandbox needs user namespaces, which this machine refuses: --no-sandbox")

    def _other_user(self):
        if os.geteuid() != 0:
            return None
        try:
            user = pwd.getpwnam(NOBODY)
        except KeyError:
            user = None
        if user and _works(lambda: _drop_to(user)):
            return user
        self.notes.append("the browser runs as root")
        return None

    def _try_sandbox(self):
        if os.geteuid() == 0:
            if not self.user:
                raise PermissionError("Chromium has no sandbox for root")
            _drop_to(self.user)
        elif self.network:
            _without_network(os.getuid(), os.getgid())
        _call("unshare", CLONE_NEWUSER)

    def enter(self, reading, writing):
        """Runs in the browser's process just before it becomes the browser.

        :param int reading: becomes descriptor 3, where DevTools commands come from
        :param int writing: becomes descriptor 4, where the answers go
        """
        os.dup2(reading, 3)
        os.dup2(writing, 4)
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_DATA):
            # Odoo limits its workers' memory and time; a browser reserves more address space than any worker may have
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (hard, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write("500")  # when memory runs out, the browser goes first and is started again
        if self.network:
            _without_network(os.getuid(), os.getgid())
        if self.user:
            _drop_to(self.user)
        _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
