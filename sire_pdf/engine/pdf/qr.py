"""QR codes, drawn at once.

The host has reportlab encode a code twice, each time with all eight masks, and draw it as some hundred rectangles on a vector
canvas: 55 ms of an invoice's 95. Here reportlab encodes it once, with one mask; the others follow from that one by whole
numbers, are judged as reportlab judges them, and the squares are painted as squares. They are the same as the host's.
"""

import io
import re
from functools import lru_cache

from PIL import Image
from reportlab.graphics.barcode import qrencoder

KEPT = 256  # a reprint, and the page behind the link
MASKS = 8
_RUN = re.compile("0{5,}|1{5,}")
_FINDER = "10111010000"


@lru_cache(KEPT)
def png(value, width, height, border, level):
    """:param str value: what the code says
    :param int width: of the picture in pixels
    :param int height: likewise; the code fills it, as the host's does
    :param int border: white around it, in squares of the code
    :param str level: of error correction: ``L``, ``M``, ``Q`` or ``H``
    :return: a picture as PNG; None when it has too few pixels for the code
    :raise ValueError: when it cannot be said by a code
    """
    dark = squares(value, level)
    count = len(dark)
    if min(width, height) < count + 2 * border:
        return None
    code = Image.new("1", (count + 2 * border,) * 2, 1)
    code.paste(
        Image.frombytes("L", (count, count), bytes(0 if one else 255 for row in dark for one in row)), (border, border)
    )
    out = io.BytesIO()
    code.resize((width, height), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def squares(value, level):
    """:return: rows of booleans, true where it is dark"""
    code = qrencoder.QRCode(None, getattr(qrencoder.QRErrorCorrectLevel, level))
    code.addData(value)
    code.version = code.calculate_version()
    code.makeImpl(True, 0)
    count = code.getModuleCount()
    first = int("".join("1" if one else "0" for row in code.modules for one in row), 2)
    candidates = [first ^ change for change in _changes(code.version)]
    mask = min(range(MASKS), key=lambda number: _penalty(candidates[number], count))
    bits = f"{candidates[mask]:0{count * count}b}"
    code.modules = [[bit == "1" for bit in bits[at : at + count]] for at in range(0, count * count, count)]
    code.setupTypeInfo(False, mask)
    if code.version >= 7:
        code.setupTypeNumber(False)
    return code.modules


@lru_cache
def _changes(version):
    """:return: for each mask, the squares that it turns and the first mask does not, or the other way round, as bits of a number"""
    code = qrencoder.QRCode(version, qrencoder.QRErrorCorrectLevel.L)
    count = code.moduleCount = version * 4 + 17
    masks = [qrencoder.QRUtil.getMask(number) for number in range(MASKS)]
    changes = [0] * MASKS
    for column, row in code.dataPosIterator():
        bit = 1 << (count * count - 1 - (row * count + column))
        for number, mask in enumerate(masks):
            if mask(row, column) != masks[0](row, column):
                changes[number] |= bit
    return changes


def _penalty(matrix, count):
    """:return: how hard a code is to read; the least wins"""
    bits = f"{matrix:0{count * count}b}"
    rows = [bits[at : at + count] for at in range(0, count * count, count)]
    columns = [bits[at::count] for at in range(count)]
    score = 0
    for lines in (rows, columns):
        score += sum(len(run) - 2 for run in _RUN.findall("\n".join(lines)))
    score += 40 * sum(
        row[:-1].count(_FINDER) for row in rows
    )  # reportlab does not find it in columns, nor at the end of a row
    same_right, same_below = ~(matrix ^ (matrix >> 1)), ~(matrix ^ (matrix >> count))
    blocks = same_right & (same_right >> count) & same_below & _not_at_the_edge(count)
    score += 3 * blocks.bit_count()
    return score + 10 * (abs(100 * bits.count("1") // (count * count) - 50) // 5)


@lru_cache
def _not_at_the_edge(count):
    """:return: the squares that have one to the left and one above, as bits"""
    return int(("0" * count) + ("0" + "1" * (count - 1)) * (count - 1), 2)
