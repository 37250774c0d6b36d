"""QR codes, drawn at once.

The host has reportlab encode a code twice, each time with all eight masks, and draw it as some hundred rectangles on a vector
canvas: 55 ms of an invoice's 95. Here reportlab says what a code is made of (its size, its frame, where the data goes, how
much of it mends errors), and the rest is arithmetic: a code is a whole number, row after row, with a bit for each square.
The squares are the host's, and painted as squares.
"""

import io
from collections import namedtuple
from functools import lru_cache, reduce
from itertools import chain, zip_longest
from operator import and_, itemgetter

from PIL import Image
from reportlab.graphics.barcode import qrencoder

KEPT = 256  # a reprint, and the page behind the link
MASKS = 8
FINDER = (1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0)
_SQUARES = bytes.maketrans(b"01", b"\0\1")
_PAINT = bytes.maketrans(b"\0\1", b"\xff\0")


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
    rows = squares(value, level)
    count = len(rows)
    if min(width, height) < count + 2 * border:
        return None
    code = Image.new("1", (count + 2 * border,) * 2, 1)
    code.paste(Image.frombytes("L", (count, count), b"".join(rows).translate(_PAINT)), (border, border))
    out = io.BytesIO()
    code.resize((width, height), Image.Resampling.NEAREST).save(out, "PNG", compress_level=1)
    return out.getvalue()


def squares(value, level):
    """:return: rows of bytes, 1 where it is dark and 0 where it is not
    :raise ValueError: as :func:`png`
    """
    code = qrencoder.QRCode(None, getattr(qrencoder.QRErrorCorrectLevel, level))
    code.addData(value)
    version = code.calculate_version()
    plan = _plan(version)
    bits = plan.spread(_codewords(code.dataList, version, code.errorCorrectLevel))
    candidates = [bits ^ mask for mask in plan.masks]
    best = min(range(MASKS), key=lambda number: _penalty(candidates[number] | plan.frame, plan))
    matrix = candidates[best] | _frame(version, code.errorCorrectLevel, best)
    line = f"{matrix:0{plan.count**2}b}".encode().translate(_SQUARES)
    return [line[at : at + plan.count] for at in range(0, len(line), plan.count)]


# === WHAT IT SAYS === #


class _Bits:
    """What reportlab writes into."""

    def __init__(self):
        self.value = self.length = 0

    def put(self, number, length):
        self.value = self.value << length | number
        self.length += length


def _codewords(parts, version, level):
    """:return: the bytes of a code: what it says and what mends errors, each block by block in turns"""
    blocks = qrencoder.QRRSBlock.getRSBlocks(version, level)
    room = sum(block.dataCount for block in blocks)
    bits = _Bits()
    for part in parts:
        part.write(bits, version)
    if bits.length > 8 * room:
        raise ValueError(f"{bits.length} bits, and there is room for {8 * room}")
    bits.put(0, min(4, 8 * room - bits.length))
    bits.put(0, -bits.length % 8)
    said = bits.value.to_bytes(bits.length // 8, "big")
    said = (said + bytes((qrencoder.QRCode.PAD0, qrencoder.QRCode.PAD1)) * room)[:room]
    data, mending = [], []
    for block in blocks:
        data.append(said[: block.dataCount])
        said = said[block.dataCount :]
        mending.append(_remainder(data[-1], block.totalCount - block.dataCount))
    turns = chain(zip_longest(*data), zip_longest(*mending))
    return bytes(byte for turn in turns for byte in turn if byte is not None)


def _remainder(data, size):
    """:return: so many bytes that mend errors in these, by Reed and Solomon"""
    multiples, top = _multiples(size), 8 * (size - 1)
    rest = 0
    for byte in data:
        first = rest >> top
        rest = (rest ^ first << top) << 8 ^ multiples[byte ^ first]
    return rest.to_bytes(size, "big")


@lru_cache
def _multiples(size):
    """:return: what is taken away for each of 256 bytes: the polynomial of so many bytes times that byte"""
    terms = qrencoder.QRUtil.getErrorCorrectPolynomial(size).num[1:]
    powers = [qrencoder.LOG_TABLE[term] for term in terms]  # none of them is 0
    found = [0]
    for byte in range(1, 256):
        power = qrencoder.LOG_TABLE[byte]
        found.append(int.from_bytes(bytes(qrencoder.EXP_TABLE[(power + other) % 255] for other in powers), "big"))
    return found


# === WHERE IT GOES === #

# ``count``: squares in a row · ``spread``: puts bytes on their squares · ``masks``: the squares that each turns · ``frame``:
# what is dark around the data when a mask is judged · ``left``, ``above``: the squares that have one there · ``starts``:
# those where reportlab looks for the pattern of a corner
_Plan = namedtuple("_Plan", "count spread masks frame left above starts")


@lru_cache
def _plan(version):
    code = _Empty(version, qrencoder.QRErrorCorrectLevel.L)
    frame = code.matrix(True, 0)
    count = code.moduleCount
    cells = {row * count + column: number for number, (column, row) in enumerate(code.dataPosIterator())}
    pick = itemgetter(*(cells.get(cell, -1) for cell in range(count * count)))

    def spread(codewords):
        bits = f"{int.from_bytes(codewords, 'big'):0{8 * len(codewords)}b}"
        return int("".join(pick(bits.ljust(len(cells) + 1, "0"))), 2)

    def where(says):
        return int("".join("01"[bool(says(*divmod(cell, count)))] for cell in range(count * count)), 2)

    def turned(number):
        turns = qrencoder.QRUtil.getMask(number)
        return where(lambda row, column: row * count + column in cells and turns(row, column))

    masks = [turned(number) for number in range(MASKS)]
    starts = where(lambda row, column: column < count - len(FINDER))  # not where it would end with its row
    return _Plan(count, spread, masks, frame, where(lambda row, column: column), where(lambda row, column: row), starts)


@lru_cache
def _frame(version, level, mask):
    """:return: what is dark around the data: corners, ticks, and which level and mask it has"""
    return _Empty(version, level).matrix(False, mask)


class _Empty(qrencoder.QRCode):
    """A code that says nothing."""

    def matrix(self, test, mask):
        self.dataCache = []
        self.makeImpl(test, mask)
        return int("".join("01"[bool(dark)] for row in self.modules for dark in row), 2)

    def mapData(self, data, maskPattern):
        """Nothing is put on the squares of the data."""


# === HOW HARD IT IS TO READ === #


def _penalty(matrix, plan):
    """:return: reportlab's judgement of a mask; the least wins"""
    like_left = ~(matrix ^ matrix >> 1) & plan.left
    like_above = ~(matrix ^ matrix >> plan.count) & plan.above
    score = _runs(like_left, 1) + _runs(like_above, plan.count)
    score += 3 * (like_left & like_left >> plan.count & like_above).bit_count()
    # reportlab looks for it in rows, not in columns
    corners = reduce(and_, ((matrix if dark else ~matrix) << at for at, dark in enumerate(FINDER)), plan.starts)
    score += 40 * corners.bit_count()
    return score + 10 * (abs(100 * matrix.bit_count() // plan.count**2 - 50) // 5)


def _runs(like, step):
    """:return: for each run of five or more squares, its length less two"""
    two = like & like >> step
    ends = two & two >> 2 * step  # where the fifth is, and each after it
    return ends.bit_count() + 2 * (ends & ~(ends >> step)).bit_count()
