"""QR codes, drawn at once.

The host has reportlab draw a code as some hundred rectangles on a vector canvas, encoded twice: 55 ms of an invoice's 95.
Here it is encoded once, by the same encoder, and painted as the squares that it is.
"""

import io
from functools import lru_cache

from PIL import Image
from reportlab.graphics.barcode import qrencoder

KEPT = 256  # a reprint, and the page behind the link


@lru_cache(KEPT)
def png(value, width, height, border, level):
    """:param str value: what the code says
    :param int width: of the picture in pixels
    :param int height: likewise; the code is a square in the middle
    :param int border: white around it, in squares of the code
    :param str level: of error correction: ``L``, ``M``, ``Q`` or ``H``
    :return: a picture as PNG; None when it has too few pixels for the code
    :raise ValueError: when there is more to say than a code holds
    """
    code = qrencoder.QRCode(None, getattr(qrencoder.QRErrorCorrectLevel, level))
    code.addData(value)
    code.make()
    count = code.getModuleCount()
    side = min(width, height)
    if side < count + 2 * border:
        return None
    squares = Image.new("1", (count + 2 * border,) * 2, 1)
    squares.paste(Image.frombytes("L", (count, count), bytes(0 if dark else 255 for row in code.modules for dark in row)),
                  (border, border))  # fmt: skip
    picture = Image.new("1", (width, height), 1)
    picture.paste(squares.resize((side, side), Image.Resampling.NEAREST), ((width - side) // 2, (height - side) // 2))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
