"""Many posts at once from one process that does nothing else, over connections of their own as a payment service makes them."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 120  # seconds for one answer


@dataclass
class Answer:
    """What came of one post.

    :param int status: of HTTP; None when no whole answer came
    :param float ms: from the beginning of the connection to the last byte
    """

    status: int | None
    ms: float


class Load:
    """Posts to a server.

    :param str url: of the server, such as ``http://127.0.0.1:8069``
    :param int connections: how many posts are under way at a time
    """

    def __init__(self, url, connections):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.connections = connections
        self.seconds = 0
        self.answered = 0

    def post(self, jobs, after=None):
        """:param list jobs: ``(path, body)``
        :param after: ``(number of answers, callable)``: called from this thread's loop when that many are here
        :return: an :class:`Answer` for each job, in their order; ``seconds`` holds how long all of them took
        """
        return asyncio.run(self._post_all(jobs, after))

    async def _post_all(self, jobs, after):
        answers = [None] * len(jobs)
        self.answered = 0
        waiting = iter(range(len(jobs)))

        async def work():
            for number in waiting:
                answers[number] = await self._post_one(*jobs[number])
                self.answered += 1
                if after and self.answered == after[0]:
                    await asyncio.to_thread(after[1])

        started = time.monotonic()
        await asyncio.gather(*(work() for _connection in range(min(self.connections, len(jobs)))))
        self.seconds = time.monotonic() - started
        return answers

    async def _post_one(self, path, body):
        started = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                status = await self._exchange(path, body)
        except (OSError, ValueError, LookupError, TimeoutError):
            status = None
        return Answer(status, (time.monotonic() - started) * 1000)

    async def _exchange(self, path, body):
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            head = (
                f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await reader.read(-1)
        finally:
            writer.close()
        top, _blank, rest = answer.partition(b"\r\n\r\n")
        lines = top.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        if len(rest) != int(headers["content-length"]):
            raise ValueError("cut off")
        return int(lines[0].split()[1])
