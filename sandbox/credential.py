"""The certificate with which SecurityCredential is encrypted, and the key that opens it.

Both are kept in the repository: they open nothing but this sandbox, and a certificate that was stored in a payment provider
stays right when the sandbox is started again.
"""

import base64
import binascii
import secrets
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "certificate"


@cache
def key():
    return load_pem_private_key((FOLDER / "key.pem").read_bytes(), None)


def decode(text):
    """:return: the bytes of a SecurityCredential, None when it is no base64 of this key's length"""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == key().key_size // 8 else None


def fits(raw, password):
    """:return: True when the credential holds the password, PKCS#1 v1.5"""
    try:
        found = key().decrypt(raw, padding.PKCS1v15())
    except ValueError:
        return False
    return secrets.compare_digest(found, password.encode())


async def certificate(_request):
    """The certificate to download, as Safaricom's portal offers its own."""
    headers = {"Content-Disposition": 'attachment; filename="certificate.cer"'}
    return Response((FOLDER / "certificate.cer").read_bytes(), media_type="application/x-x509-ca-cert", headers=headers)


routes = [Route("/certificate.cer", certificate)]
