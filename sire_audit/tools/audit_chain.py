"""What is hashed and what is signed, version 1. Standard library, and `cryptography` for signatures; nothing of Odoo.

An entry's *body* is the canonical JSON of its columns: keys sorted, no blanks, UTF-8, times as ``2026-11-21T08:00:00.000000`` in
UTC. ``link = sha256(body)`` and ``hash = sha256(hash of the entry before + link)``, both as 64 hexadecimal digits, the first
one's predecessor being 64 zeros. So a chain can be shown with most of its entries as links only.

What is personal is not in the body; its digest is: ``sha256(salt + value)``. A *checkpoint* is canonical JSON, too, and signed.
"""

import base64
import hashlib
import json

VERSION = 1
START = "0" * 64
COLUMNS = (
    "v", "id", "at", "txid", "kind", "action", "channel", "past_orm", "source", "uid", "as_uid", "su", "company_id",
    "model", "res_id", "name", "parent_model", "parent_id", "before", "after", "note", "digests", "seq", "sealed_at",
)  # fmt: skip
BESIDE = ("personal", "hash")  # read together with the columns


def canonical(values):
    """:return: JSON that is the same for the same values, as text"""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def timestamp(value):
    """:param value: a naive datetime in UTC, or the text of one"""
    return value if isinstance(value, str) else value.isoformat(timespec="microseconds")


def body(entry):
    """:param dict entry: all :data:`COLUMNS`; ``at`` and ``sealed_at`` as datetime or as text
    :return: the canonical JSON that stands for the entry
    """
    values = {column: entry[column] for column in COLUMNS}
    values["at"] = timestamp(values["at"])
    values["sealed_at"] = timestamp(values["sealed_at"])
    return canonical(values)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def chained(previous, link):
    """:return: the hash of an entry, from the hash before it and its own link"""
    return hashlib.sha256((previous + link).encode("ascii")).hexdigest()


def personal_error(entry):
    """Compare what is personal with its digests; what was erased is no error.

    :return: what is wrong, or None
    """
    personal = entry["personal"]
    if isinstance(personal, str):
        personal = json.loads(personal)
    if not personal:
        return None
    digests = json.loads(entry["digests"] or "{}")
    for path, (salt, value) in personal.items():
        if digests.get(path) != hashlib.sha256((salt + value).encode()).hexdigest():
            return f"the value of {path} is not the one that was logged"
    return None


def checkpoint_body(number, at, seq, hash_, previous, log):
    """:param str previous: digest of the body of the checkpoint before, or :data:`START`
    :param str log: what the first entry of the log is: its hash, so that two logs cannot be mixed up
    """
    return canonical(
        {
            "v": VERSION,
            "number": number,
            "at": timestamp(at),
            "seq": seq,
            "hash": hash_,
            "previous": previous,
            "log": log,
        }
    )


def signature_error(text, signature, public_key):
    """:param str text: the body of a checkpoint
    :param str signature: base64
    :param str public_key: base64 of the 32 bytes
    :return: what is wrong, or None
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text.encode())
    except (ValueError, InvalidSignature):
        return "its signature is wrong"
    return None


def fingerprint(public_key):
    """:return: a short name of a public key, to be read aloud"""
    text = digest(public_key)[:16]
    return " ".join(text[i : i + 4] for i in range(0, 16, 4))
