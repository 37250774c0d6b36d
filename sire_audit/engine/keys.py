"""The private key that signs checkpoints: a file outside the database."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from odoo.tools import config

VARIABLE = "SIRE_AUDIT_KEY"
OPTION = "sire_audit_key"


def path(database):
    """Where the key is: the environment's ``SIRE_AUDIT_KEY``, the configuration's ``sire_audit_key``, or the data folder.

    :param str database: its name; each has a key of its own in the data folder
    """
    chosen = os.environ.get(VARIABLE) or config.get(OPTION)
    return Path(chosen) if chosen else Path(config["data_dir"]) / "sire_audit" / f"{database}.key"


def load(database, make=True):
    """:param bool make: whether a key is made where there is none
    :return: the private key, or None
    :raise OSError: when the file cannot be read or written
    :raise ValueError: when the file holds something else
    """
    file = path(database)
    if not file.exists():
        if not make:
            return None
        _make(file)
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{file} is no Ed25519 key")
    return key


def public(key):
    """:return: base64 of the 32 bytes of the public key"""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def folder(database):
    """:return: where checkpoints are exported to, unless somewhere else was chosen"""
    return Path(config["data_dir"]) / "sire_audit" / database


def sign(key, text):
    """:return: the signature, base64"""
    return base64.b64encode(key.sign(text.encode())).decode()


def _make(file):
    """A new key, whole or not at all, and readable for the owner alone; who comes second takes the first one's.

    Its public half lies beside it, to be given to whoever will check.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.link(part, file)
        file.with_suffix(".pub").write_text(public(key) + "\n", encoding="utf-8")
    except FileExistsError:
        return
    finally:
        part.unlink()
