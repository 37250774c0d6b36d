"""What can be wrong with a log, and how it is seen; used by verify_audit.py, beside which this file stands."""

import json
from dataclasses import dataclass
from pathlib import Path

import audit_chain as chain


@dataclass(frozen=True)
class Finding:
    """``level``: error or warning; ``what``: entry, fork, gap, tail, checkpoint, guard, clock, unsealed."""

    level: str
    what: str
    text: str
    seq: int | None = None


def entry_error(entry, previous):
    if entry["v"] != chain.VERSION:
        return f"its format is {entry['v']}, which this program does not know"
    if chain.chained(previous, chain.digest(chain.body(entry))) != entry["hash"]:
        return "it is not what was logged, or does not follow from the one before"
    return chain.personal_error(entry)


def check_checkpoints(rows, exported, hash_at, last, trusted):
    """:param rows: (number, seq, hash, body, signature, public_key) of the database, in order
    :param exported: (file name, body, signature, public_key) of the files
    :param hash_at: function from a number to the hash of that entry, None where there is none
    :param last: number of the last entry that is chained
    :param trusted: public keys that are known from elsewhere; empty when none is
    """
    previous, number, bodies = chain.START, 0, set()
    for said_number, seq, hash_, text, signature, public_key in rows:
        number += 1
        name = f"checkpoint {said_number}"
        if said_number != number:
            yield Finding("error", "checkpoint", f"checkpoint {number} is missing")
            number = said_number
        values = json.loads(text)
        if (values["number"], values["seq"], values["hash"]) != (said_number, seq, hash_):
            yield Finding("error", "checkpoint", f"{name} does not say what was signed", seq)
        elif values["previous"] != previous:
            yield Finding("error", "checkpoint", f"{name} does not follow from the one before", seq)
        yield from signed(name, text, signature, public_key, values, hash_at, last, trusted)
        previous = chain.digest(text)
        bodies.add(text)
    for name, text, signature, public_key in exported:
        values = json.loads(text)
        if text not in bodies:
            yield Finding(
                "error",
                "tail",
                f"{name} (up to entry {values['seq']}) was handed out, and the database does not have it: "
                "its end was cut, it was made anew, or it is an older backup",
                values["seq"],
            )
            yield from signed(name, text, signature, public_key, values, {}.get, values["seq"], trusted)
            continue
        yield from signed(name, text, signature, public_key, values, hash_at, last, trusted)


def signed(name, text, signature, public_key, values, hash_at, last, trusted):
    error = chain.signature_error(text, signature, public_key)
    if error:
        yield Finding("error", "checkpoint", f"{name}: {error}", values["seq"])
    elif trusted and public_key not in trusted:
        yield Finding("error", "checkpoint", f"{name} was signed with another key", values["seq"])
    if values["seq"] > last:
        yield Finding("error", "tail", f"{name} was signed up to entry {values['seq']}, the log ends at {last}", last)
    elif hash_at(values["seq"]) not in (values["hash"], None):
        yield Finding(
            "error", "tail", f"the log up to entry {values['seq']} is not the one that {name} signed", values["seq"]
        )


def check_proof(path, trusted):
    """Check an export: its entries are whole and follow in the chain, which begins and ends at signed checkpoints.

    :return: (findings, facts)
    """
    proof = json.loads(Path(path).read_text(encoding="utf-8"))
    findings, hashes, count = [], {0: chain.START}, 0
    anchors = {json.loads(checkpoint["body"])["seq"] for checkpoint in proof["checkpoints"]} | {0}
    for segment in proof["segments"]:
        seq, previous = segment["start"]["seq"], segment["start"]["hash"]
        hashes.setdefault(seq, previous)
        if seq not in anchors or hashes[seq] != previous:
            findings.append(
                Finding("error", "checkpoint", f"no checkpoint signs where the part after entry {seq} begins", seq)
            )
        entries = {entry["seq"]: entry for entry in segment["entries"]}
        count += len(segment["entries"])
        for link in segment["links"]:
            seq += 1
            entry = entries.pop(seq, None)
            if entry:
                changed = chain.digest(chain.body(entry)) != link
                wrong = "it is not what was logged" if changed else chain.personal_error(entry)
                if wrong:
                    findings.append(Finding("error", "entry", f"entry {seq}: {wrong}", seq))
            previous = hashes[seq] = chain.chained(previous, link)
        findings += [Finding("error", "entry", f"entry {left} is in no chain", left) for left in sorted(entries)]
        if seq not in anchors:
            findings.append(
                Finding("error", "checkpoint", f"no checkpoint signs where the part up to entry {seq} ends", seq)
            )
    last = max(hashes)
    for checkpoint in proof["checkpoints"]:
        values = json.loads(checkpoint["body"])
        signature = (checkpoint["body"], checkpoint["signature"], checkpoint["public_key"])
        findings += signed(
            f"checkpoint {values['number']}", *signature, values, hashes.get, max(last, values["seq"]), trusted
        )
    keys = sorted({checkpoint["public_key"] for checkpoint in proof["checkpoints"]})
    facts = {"entries": count, "last": last, "checkpoints": len(proof["checkpoints"])}
    return findings, {**facts, "keys": [chain.fingerprint(key) for key in keys], "compared": bool(trusted)}
