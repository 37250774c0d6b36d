"""The DevTools protocol over a pair of pipes: JSON messages, each ended by a zero byte. No port is opened."""

import asyncio
import itertools
import json


class BrowserGone(Exception):
    """The browser, or the page, ended before it answered."""


class ProtocolError(Exception):
    """The browser refused a command."""


class Connection(asyncio.Protocol):
    """One browser's end of the pipes.

    ``on_event`` is called with ``(session, method, params)``; ``on_close`` once, when the browser has gone.
    """

    def __init__(self, on_event, on_close):
        self.on_event = on_event
        self.on_close = on_close
        self.closed = False
        self._writer = None
        self._parts = []
        self._numbers = itertools.count(1)
        self._waiting = {}
        self._ended = set()

    async def open(self, reading, writing):
        """:param file reading: what the browser writes to
        :param file writing: what the browser reads
        """
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: self, reading)
        self._writer, _protocol = await loop.connect_write_pipe(asyncio.BaseProtocol, writing)

    def data_received(self, data):
        *complete, rest = data.split(b"\0")
        for part in complete:
            self._parts.append(part)
            message = json.loads(b"".join(self._parts))
            self._parts.clear()
            self._dispatch(message)
        if rest:
            self._parts.append(rest)

    def connection_lost(self, exc):
        self.close()

    def close(self):
        """Forgets the browser; whoever waits is told that it has gone."""
        if self.closed:
            return
        self.closed = True
        waiting, self._waiting = self._waiting, {}
        for _session, future in waiting.values():
            if not future.done():
                future.set_exception(BrowserGone("the browser ended"))
        self.on_close()
        if self._writer and not self._writer.is_closing():  # the pipe may have broken by itself, and closes only once
            self._writer.abort()

    def drop_session(self, session):
        """Whoever waits for an answer of that page is told that it has gone, and whoever asks it from now on."""
        if not session:
            return  # not opened yet: what is asked without a session is asked of the browser
        self._ended.add(session)  # a page that crashed answers nothing, not even that it crashed
        for number, (owner, future) in list(self._waiting.items()):
            if owner == session:
                del self._waiting[number]
                if not future.done():
                    future.set_exception(BrowserGone("the page ended"))

    def send(self, method, session=None, **params):
        """Sends a command.

        :return: a future with the result
        :raise BrowserGone: when there is nobody to send it to
        """
        if self.closed:
            raise BrowserGone("the browser ended")
        if session in self._ended:
            raise BrowserGone("the page ended")
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = session, future
        future.add_done_callback(lambda _future: self._waiting.pop(number, None))
        self._writer.write(json.dumps(message).encode() + b"\0")
        return future

    def tell(self, method, session=None, **params):
        """Sends a command whose answer does not matter."""
        if not self.closed and session not in self._ended:
            self.send(method, session, **params).add_done_callback(
                lambda future: future.cancelled() or future.exception()
            )

    def _dispatch(self, message):
        if "id" not in message:
            self.on_event(message.get("sessionId"), message["method"], message.get("params", {}))
            return
        _session, future = self._waiting.pop(message["id"], (None, None))
        if not future or future.done():
            return
        if "error" in message:
            future.set_exception(ProtocolError(message["error"].get("message", "refused")))
        else:
            future.set_result(message.get("result", {}))
