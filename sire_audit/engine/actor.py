"""Who is at work, in whose name, and through which door."""

import contextlib
import getpass
import sys
import threading

from odoo.http import request
from odoo.tools import SQL

from ..tools.audit_chain import canonical
from . import sealer

_local = threading.local()
_SHELL = "shell" in sys.argv[1:3]
API = (("/json/2/", "json-2"), ("/json/1/", "json-2"), ("/xmlrpc", "xml-rpc"), ("/jsonrpc", "xml-rpc"))


@contextlib.contextmanager
def through(channel, source):
    """Everything inside happens through this channel: a job, an import.

    :param str source: the name of the job and the like
    """
    before = getattr(_local, "door", None)
    _local.door = (channel, source)
    try:
        yield
    finally:
        _local.door = before


@contextlib.contextmanager
def signed_in(uid):
    """Who has just signed in; the request does not know it yet."""
    before = getattr(_local, "uid", None)
    _local.uid = uid
    try:
        yield
    finally:
        _local.uid = before


def _door(env, user):
    """:return: (channel, source)"""
    door = getattr(_local, "door", None)
    if door:
        return door
    if not env.registry.ready:
        return "setup", "modules"
    if request:
        path = request.httprequest.path
        for start, channel in API:
            if path.startswith(start):
                return channel, path[:200]
        user_sudo = env(su=True)["res.users"].browse(user or ())  # a public page has nobody who may read users
        internal = user_sudo._is_internal() if user else False
        internal = internal or path.startswith("/web/") and (not user or user_sudo._is_public())
        return ("web" if internal else "portal"), path[:200]
    if _SHELL:
        return "shell", f"shell of {_operator()}"
    return "system", threading.current_thread().name.split(".request")[0][:80]


def _operator():
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "nobody known"


def describe(env, su=False):
    """:return: what the database is told about the one at work, as JSON; short keys: it is parsed for each row

    ``u`` signed in, ``a`` in whose name, ``s`` superuser rights, ``c`` channel, ``o`` source; personal: ``l`` login, ``i``
    address, ``g`` user agent
    """
    who = env.uid
    address = agent = None
    if request:
        session = getattr(request, "session", None)
        requested = getattr(request, "env", None)
        who = getattr(_local, "uid", None) or (session and session.uid) or (requested and requested.uid) or env.uid
        address = request.httprequest.remote_addr
        agent = (request.httprequest.user_agent.string or "")[:200] or None
    channel, source = _door(env, who)
    return canonical(
        {
            "u": who,
            "a": env.uid,
            "s": bool(env.su or su),
            "c": channel,
            "o": source,
            "l": _login(env, who),
            "i": address,
            "g": agent,
        }
    )


def _login(env, uid):
    """The login, read once for each cursor: past caches of the ORM, which may be about to change."""
    logins = env.cr.cache.setdefault("sire_audit_logins", {})
    if uid not in logins and uid:
        env.cr.execute(SQL("SELECT login FROM res_users WHERE id = %s", uid))
        logins[uid] = (env.cr.fetchone() or [None])[0]
    return logins.get(uid)


@contextlib.contextmanager
def at_work(env, su=False):
    """Tell the database who writes, and that it is the ORM, for as long as this lasts.

    :param su: whether it was decided with superuser rights, although it is written to the table without
    """
    cr = env.cr
    stack = cr.cache.setdefault("sire_audit_stack", [])
    mine = describe(env, su)
    if not stack or stack[-1] != mine:
        cr.execute(
            SQL("SELECT set_config('sire_audit.actor', %s, true), set_config('sire_audit.orm', '1', true)", mine)
        )
    stack.append(mine)
    done = False
    try:
        yield
        done = True
    finally:
        stack.pop()
        # after an error the transaction, or the savepoint, is rolled back, and the settings with it
        if done and not stack:
            cr.execute(SQL("SELECT set_config('sire_audit.orm', '', true)"))
            sealer.after_commit(cr, env.registry)
        elif done and stack[-1] != mine:
            cr.execute(SQL("SELECT set_config('sire_audit.actor', %s, true)", stack[-1]))
