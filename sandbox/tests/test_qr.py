"""Dynamic QR: a picture that is a QR code of what was asked."""

import base64
import io

import pytest
import qrcode
from PIL import Image

from .shop import post

BODY = {
    "MerchantName": "SIRE TECH Ltd",
    "RefNo": "INV00012",
    "Amount": 500,
    "TrxCode": "PB",
    "CPI": "174379",
    "Size": "300",
}


def generate(daraja, **changes):
    return post(daraja, "/mpesa/qrcode/v1/generate", BODY | changes)


@pytest.mark.parametrize("size", ["300", "301", 500])
def test_picture(daraja, size):
    body = generate(daraja, Size=size).json()
    assert body["ResponseCode"] == "00" and body["RequestID"]
    picture = Image.open(io.BytesIO(base64.b64decode(body["QRCode"])))
    assert picture.format == "PNG" and picture.size == (int(size), int(size))
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data("PB|174379|INV00012|500|SIRE TECH Ltd")
    rows = code.get_matrix()
    scale = int(size) // len(rows)
    margin = (int(size) - scale * len(rows)) // 2
    grey = picture.convert("L")
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            middle = (margin + x * scale + scale // 2, margin + y * scale + scale // 2)
            assert (grey.getpixel(middle) == 0) == dark


@pytest.mark.parametrize(
    "changes",
    [
        {"MerchantName": ""},
        {"RefNo": None},
        {"Amount": 0},
        {"Amount": "12.5"},
        {"TrxCode": "XX"},
        {"CPI": "shop"},
        {"Size": "big"},
        {"Size": "0"},
        {"Size": "9999"},
    ],
)
def test_refused(daraja, changes):
    response = generate(daraja, **changes)
    (field,) = changes
    assert response.json()["errorMessage"] == f"Bad Request - Invalid {field}"
