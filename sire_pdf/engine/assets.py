"""What was fetched for one job and is the same for all: style sheets by their digest, files of modules by their address."""

import asyncio
import hashlib
from collections import OrderedDict

LIMIT = 64 * 1024 * 1024
NAMES = 500


def digest(content):
    """:return: the name under which a style sheet is known"""
    return hashlib.sha256(content).hexdigest()[:40]


class Assets:
    """A cache of bounded size; the oldest goes first."""

    def __init__(self):
        self.size = 0
        self._known = OrderedDict()
        self._asking = {}
        self.names = OrderedDict()  # (tenant, address of a style sheet that never changes) → its digest

    def name(self, tenant, address, digest):
        """Remembers what a style sheet is called."""
        self.names[tenant, address] = digest
        if len(self.names) > NAMES:
            self.names.popitem(last=False)

    async def sheet(self, name, path, ask):
        """:param str name: its digest
        :return: a style sheet as bytes, or None
        """
        kept = self._get(("sheet", name))
        if kept:
            return kept[1]
        found = await self._once(("sheet", name), ask, f"/{name}{path}", "style")
        if not found or digest(found[1]) != name:
            return None
        self._keep(("sheet", name), found[:2])
        return found[1]

    async def find(self, tenant, path, scope, ask):
        """:param str scope: ``sheet`` when a style sheet names it, ``job`` when the document does
        :return: type and content, or None
        """
        key = (tenant, path)
        kept = self._get(key)
        if kept:
            return kept
        found = (
            await self._once((key, scope), ask, path, scope)
            if scope == "sheet"
            else await self._asked(ask, path, scope)
        )
        if not found:
            return None
        kind, content, shared = found
        if shared:
            self._keep(key, (kind, content))
        elif scope == "sheet":
            return None  # a style sheet stays when its job has gone, and what it shows with it
        return kind, content

    async def _once(self, key, ask, url, scope):
        """Several pages that want the same ask for it once."""
        if key not in self._asking:
            self._asking[key] = asyncio.ensure_future(self._asked(ask, url, scope))
            self._asking[key].add_done_callback(lambda _task: self._asking.pop(key, None))
        found = await asyncio.shield(self._asking[key])
        return found or await self._asked(ask, url, scope)

    @staticmethod
    async def _asked(ask, url, scope):
        return await ask(url, scope) if ask else None

    def _get(self, key):
        kept = self._known.get(key)
        if kept:
            self._known.move_to_end(key)
        return kept

    def _keep(self, key, value):
        if key in self._known or len(value[1]) > LIMIT // 4:
            return
        self._known[key] = value
        self.size += len(value[1])
        while self.size > LIMIT:
            _key, (_kind, content) = self._known.popitem(last=False)
            self.size -= len(content)
