"""Dynamic QR: a picture that a customer's phone reads in place of typing."""

import base64
import io
import re

import png
import qrcode
from starlette.responses import JSONResponse

from . import checks
from .gateway import authorised, endpoint, request_number

CODES = ("BG", "WA", "PB", "SM", "SB")


def content(code, number, reference, amount, name):
    """:return: what is in the picture; the real content is Safaricom's own affair"""
    return "|".join((code, number, reference, str(amount), name))


def picture(text, size):
    """Draw a QR code.

    :param size: pixels of a side, at least; a module is a whole number of pixels wide
    :return: PNG bytes of exactly that size when the code fits into it
    """
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    scale = max(size // len(rows), 1)
    side = max(size, scale * len(rows))
    margin = (side - scale * len(rows)) // 2
    white = [1] * side
    pixels = [white] * margin
    for row in rows:
        line = [1] * margin + [0 if dark else 1 for dark in row for _ in range(scale)]
        pixels += [line + [1] * (side - len(line))] * scale
    pixels += [white] * (side - len(pixels))
    out = io.BytesIO()
    png.Writer(side, side, greyscale=True, bitdepth=1).write(out, pixels)
    return out.getvalue()


async def generate(request, world):
    """A picture for one payment."""
    body, _now = await authorised(request, world)
    name, reference = checks.text(body, "MerchantName", 100), checks.text(body, "RefNo", 50)
    amount = checks.whole_amount(body, world.settings.maximum_amount)
    code = body.get("TrxCode")
    if code not in CODES:
        raise checks.invalid("TrxCode")
    number = checks.digits(body, "CPI", r"\d{5,12}")
    size = str(body.get("Size"))
    if not re.fullmatch(r"\d{1,4}", size, re.ASCII) or not 1 <= int(size) <= 2000:
        raise checks.invalid("Size")
    image = picture(content(code, number, reference, amount, name), int(size))
    return JSONResponse(
        {
            "ResponseCode": "00",
            "RequestID": request_number(world.book.random),
            "ResponseDescription": "QR Code Successfully Generated.",
            "QRCode": base64.b64encode(image).decode(),
        }
    )


routes = [endpoint("qr", "/mpesa/qrcode/v1/generate", "POST", generate)]
