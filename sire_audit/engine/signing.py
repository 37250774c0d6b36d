"""Checkpoints: where the chain stands, signed."""

from ..tools import audit_chain as chain
from . import keys


def make_checkpoint(pg, key, clock=None):
    """Sign where the chain stands. The caller commits.

    :param pg: a cursor of psycopg2, at the start of its transaction
    :param key: the private key
    :param clock: SQL of the time, for tests
    :return: the id of the new checkpoint; None when nothing was chained since the last one
    """
    pg.execute("LOCK TABLE sire_audit_checkpoint IN SHARE UPDATE EXCLUSIVE MODE")
    pg.execute("SELECT seq, hash FROM sire_audit_entry WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1")
    seq, hash_ = pg.fetchone() or (0, chain.START)
    pg.execute("SELECT number, seq, body FROM sire_audit_checkpoint ORDER BY number DESC LIMIT 1")
    number, last, body = pg.fetchone() or (0, 0, None)
    if seq == last:
        return None
    pg.execute("SELECT hash FROM sire_audit_entry WHERE seq = 1")
    (log,) = pg.fetchone() or (chain.START,)
    pg.execute(f"SELECT ({clock or 'clock_timestamp()'}) AT TIME ZONE 'utc'")
    (now,) = pg.fetchone()
    body = chain.checkpoint_body(number + 1, now, seq, hash_, chain.digest(body) if body else chain.START, log)
    pg.execute(
        """INSERT INTO sire_audit_checkpoint (number, at, seq, hash, body, signature, public_key)
           VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
        (number + 1, now, seq, hash_, body, keys.sign(key, body), keys.public(key)),
    )
    return pg.fetchone()[0]
