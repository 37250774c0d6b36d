"""What worker and print server say to each other: frames over a unix socket.

A frame is the length of a header (four bytes), the header (JSON, an object), and the blobs whose lengths the header gives
under ``blobs``. One connection is one document:

* worker: ``{"op": "document", "order": {…}}`` (see :mod:`.document`), ``{"op": "print", "job": {…}}`` (the pages of one job as the
  browser printed them, unfiltered: how tests reach the walls behind the filter), or ``{"op": "status"}``
* server, any number of times: ``{"need": 7, "url": "…", "scope": "job"}``; worker: ``{"have": 7, "type": "image/png",
  "shared": false}`` with one blob, or ``{"have": 7, "refused": true}``
* server, last: ``{"done": true, …}`` with one blob, or ``{"error": "busy", "detail": "…"}``
"""

import json
import struct

LIMIT = 512 * 1024 * 1024
_HEAD = struct.Struct(">I")


class WireError(Exception):
    """The other side said what cannot be understood."""


def pack(message, *blobs):
    """:return: the frame as a list of byte strings, to be written in that order"""
    header = json.dumps({**message, "blobs": [len(blob) for blob in blobs]}, separators=(",", ":")).encode()
    return [_HEAD.pack(len(header)) + header, *blobs]


def head_size(prefix):
    """:return: how long the header is that follows these four bytes"""
    (size,) = _HEAD.unpack(prefix)
    return _limited(size)


def parse_head(header):
    """:return: the message and the lengths of its blobs"""
    try:
        message = json.loads(header)
        sizes = message.pop("blobs")
        _limited(sum(sizes))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WireError("not a frame") from error
    return message, sizes


def _limited(size):
    if not 0 <= size <= LIMIT:
        raise WireError(f"a frame of {size} bytes")
    return size


async def read(reader):
    """:param asyncio.StreamReader reader:
    :return: the message and its blobs; None when the other side has gone
    """
    try:
        size = head_size(await reader.readexactly(4))
        message, sizes = parse_head(await reader.readexactly(size))
        blobs = [await reader.readexactly(size) for size in sizes]
    except (EOFError, ConnectionError):
        return None
    return message, blobs
