"""Chromium's PDF files, taken apart and put together again.

Skia writes plain files: a table of objects, no object streams, dictionaries with one entry a line. That much is relied upon;
a file of another make is refused with :class:`NotSkia`. An object is the bytes between ``obj`` and ``endobj``.
"""

import hashlib
import re
import zlib

STREAM = b">> stream\n"
_TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|(\d+) 0 R", re.DOTALL)
_XREF = re.compile(rb"xref\n0 (\d+)\n")


class NotSkia(ValueError):
    """The file is not laid out as Skia does it."""


class Pages:
    """The objects of one file. ``objects``: number → bytes; ``order``: numbers of the pages, first to last."""

    def __init__(self, data):
        """:param bytes data: what ``Page.printToPDF`` returned
        :raise NotSkia: when it is something else
        """
        self.objects = _objects(data)
        trailer = data[data.rindex(b"trailer") :]
        root = re.search(rb"/Root (\d+) 0 R", trailer)
        if not root:
            raise NotSkia("no catalog")
        self.root = int(root[1])
        self._next = max(self.objects) + 1
        self.order = list(self._leaves(self.reference(self.root, b"Pages")))

    def _leaves(self, number):
        kids = re.search(rb"/Kids \[([^\]]*)\]", self.objects[number])
        if not kids:
            yield number
            return
        for kid in re.findall(rb"(\d+) 0 R", kids[1]):
            yield from self._leaves(int(kid))

    def add(self, content):
        """:return: the number of a new object"""
        number = self._next
        self._next += 1
        self.objects[number] = content
        return number

    def reference(self, number, key):
        """:return: the number that ``/key`` refers to in an object; None without it"""
        found = re.search(rb"/%s (\d+) 0 R" % key, self.head(number))
        return int(found[1]) if found else None

    def head(self, number):
        """:return: an object without its stream"""
        content = self.objects[number]
        cut = content.find(STREAM)
        return content if cut < 0 else content[: cut + 2]

    def take(self, other):
        """Takes over the objects of another file under new numbers.

        :param Pages other: is of no use afterwards
        :return: what to add to a number there to get the number here
        """
        shift = self._next - 1
        for number, content in other.objects.items():
            self.objects[number + shift] = renumbered(content, lambda old: old + shift)
        self._next = shift + other._next
        return shift

    def file(self, root, info):
        """Writes what the catalog and the information lead to, numbered in the order in which they do.

        :param int root: the catalog's number
        :param int info: the information dictionary's
        :return: the file as bytes, the same for the same objects whatever their numbers were
        """
        numbers, order, waiting = {}, [], [info, root]
        while waiting:
            number = waiting.pop()
            if number in numbers or number not in self.objects:
                continue
            order.append(number)
            numbers[number] = len(order)
            waiting += reversed(list(references(self.head(number))))
        out = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        size, offsets = len(out[0]), []
        for number in order:
            offsets.append(size)
            content = renumbered(self.objects[number], lambda old: numbers.get(old, 0))
            out.append(b"%d 0 obj\n%s\nendobj\n" % (numbers[number], content))
            size += len(out[-1])
        name = hashlib.sha256(b"".join(out)).hexdigest()[:32].encode()
        out.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(order) + 1))
        out += [b"%010d 00000 n \n" % offset for offset in offsets]
        out.append(
            b"trailer\n<</Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%s> <%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (len(order) + 1, numbers[root], numbers[info], name, name, size)
        )
        return b"".join(out)


def _objects(data):
    try:
        start = int(data[data.rindex(b"startxref") + 9 :].split()[0])
        count = int(_XREF.match(data, start)[1])
    except (ValueError, TypeError, IndexError) as error:
        raise NotSkia("no table of objects") from error
    first = data.index(b"\n", data.index(b"\n", start) + 1) + 1
    lines = data[first : first + 20 * count]
    offsets = sorted(int(lines[at : at + 10]) for at in range(0, 20 * count, 20) if lines[at + 17 : at + 18] == b"n")
    objects = {}
    for at, end in zip(offsets, [*offsets[1:], start], strict=True):
        opening = data.index(b" 0 obj\n", at, end)
        closing = data.rindex(b"\nendobj", at, end)
        objects[int(data[at:opening])] = data[opening + 7 : closing]
    return objects


def references(head):
    """:return: the numbers that an object refers to, in its order"""
    return (int(match[1]) for match in _TOKEN.finditer(head) if match[1])


def renumbered(content, new):
    """:param new: function from an old number to the new one"""
    cut = content.find(STREAM)
    head, stream = (content, b"") if cut < 0 else (content[: cut + 2], content[cut + 2 :])
    return _TOKEN.sub(lambda match: b"%d 0 R" % new(int(match[1])) if match[1] else match[0], head) + stream


def dictionary(head, key):
    """:return: where the dictionary of ``/key`` is in an object, as ``(start, end)`` of what is between its brackets; or None"""
    start = head.find(b"/%s <<" % key)
    if start < 0:
        return None
    start += len(key) + 4
    depth = 1
    for match in re.finditer(rb"\((?:[^()\\]|\\.)*\)|<<|>>", head[start:]):
        depth += (match[0] == b"<<") - (match[0] == b">>")
        if not depth:
            return start, start + match.start()
    return None


def stream(content):
    """:return: what an object's stream says, unpacked"""
    cut = content.index(STREAM)
    data = content[cut + len(STREAM) : content.rindex(b"\nendstream")]
    return zlib.decompress(data) if b"/FlateDecode" in content[:cut] else data


def packed(entries, data):
    """:param bytes entries: of the dictionary, without its brackets
    :return: an object with a stream
    """
    data = zlib.compress(data, 6)
    return b"<<%s\n/Filter /FlateDecode\n/Length %d>> stream\n%s\nendstream" % (entries, len(data), data)


def text(value):
    """:param str value:
    :return: it as a PDF string
    """
    return b"<feff%s>" % value.encode("utf-16-be").hex().encode()
