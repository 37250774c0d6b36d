"""An export that proves itself: chosen entries whole, their neighbours as links only, between signed checkpoints."""

from ..tools import audit_chain as chain

CHOSEN = ", ".join(f'"{column}"' for column in (*chain.COLUMNS, *chain.BESIDE))


def build(pg, numbers):
    """:param pg: a cursor of psycopg2
    :param numbers: of the chosen entries; all have to be covered by a checkpoint
    :return: what ``verify_audit.py --proof`` reads, as a dict
    :raise ValueError: when an entry is not covered
    """
    pg.execute("SELECT number, seq, hash, body, signature, public_key FROM sire_audit_checkpoint ORDER BY number")
    ends = pg.fetchall()
    wanted, segments, signed = set(numbers), [], []
    start = (0, chain.START)
    previous = None
    for checkpoint in ends:
        _number, seq, hash_, *_rest = checkpoint
        inside = sorted(number for number in wanted if start[0] < number <= seq)
        if inside:
            segments.append(_segment(pg, start, seq, inside))
            signed += [item for item in (previous, checkpoint) if item and item not in signed]
            wanted.difference_update(inside)
        start, previous = (seq, hash_), checkpoint
    if wanted:
        raise ValueError(f"entry {min(wanted)} is not covered by a checkpoint")
    return {
        "v": chain.VERSION,
        "segments": segments,
        "checkpoints": [
            {"body": body, "signature": signature, "public_key": public_key}
            for *_, body, signature, public_key in signed
        ],
    }


def _segment(pg, start, end, chosen):
    """The chain from one checkpoint to the next."""
    pg.execute(f"SELECT {CHOSEN} FROM sire_audit_entry WHERE seq > %s AND seq <= %s ORDER BY seq", (start[0], end))
    links, entries = [], []
    for row in pg.fetchall():
        entry = dict(zip((*chain.COLUMNS, *chain.BESIDE), row, strict=True))
        links.append(chain.digest(chain.body(entry)))
        if entry["seq"] in chosen:
            entry.update(at=chain.timestamp(entry["at"]), sealed_at=chain.timestamp(entry["sealed_at"]))
            entries.append(entry)
    return {"start": {"seq": start[0], "hash": start[1]}, "links": links, "entries": entries}
