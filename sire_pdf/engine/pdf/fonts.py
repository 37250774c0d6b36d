"""Fonts without names for their glyphs.

Where fontTools is installed, the host's conversion to PDF/A writes the widths of all glyphs anew and expects them to be
called ``glyph00001`` and so on, as in wkhtmltopdf's fonts. Chromium's have names, and come out with their letters on top of
each other. Text in a PDF refers to glyphs by number, so nothing else needs the names.
"""

import struct

from . import skia

_TABLE = struct.Struct(">4sLLL")
_POST = struct.pack(">LLhhLLLLL", 0x00030000, 0, 0, 0, 0, 0, 0, 0, 0)  # "no names"


def without_names(font):
    """:param bytes font: a TrueType font
    :return: it without its table of characters and with a table of names that says there are none
    """
    count = struct.unpack_from(">H", font, 4)[0]
    tables = []
    for at in range(12, 12 + count * _TABLE.size, _TABLE.size):
        name, _sum, start, size = _TABLE.unpack_from(font, at)
        if name != b"cmap":
            tables.append((name, _POST if name == b"post" else font[start : start + size]))
    if b"post" not in dict(tables):
        tables.append((b"post", _POST))
    tables.sort()
    power = len(tables).bit_length() - 1
    head = struct.pack(">HHH", 16 << power, power, 16 * len(tables) - (16 << power))
    out = [font[:4], struct.pack(">H", len(tables)), head]
    start = 12 + len(tables) * _TABLE.size
    bodies = []
    for name, body in tables:
        padded = body + b"\0" * (-len(body) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF
        out.append(_TABLE.pack(name, checksum, start, len(body)))
        bodies.append(padded)
        start += len(padded)
    return b"".join(out + bodies)


def simplify(source):
    """Takes the names out of all TrueType fonts of a file.

    :param Pages source:
    """
    for number in list(source.objects):
        if source.objects[number].startswith(b"<</Type /FontDescriptor"):
            file = source.reference(number, b"FontFile2")
            if file:
                font = without_names(skia.stream(source.objects[file]))
                source.objects[file] = skia.packed(b"/Length1 %d" % len(font), font)
