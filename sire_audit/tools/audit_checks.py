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
    """Check an export: its entries are whole, follow in the chain, and the chain ends at a signed checkpoint.

    :return: (findings, facts)
    """
    proof = json.loads(Path(path).read_text(encoding="utf-8"))
    entries = {entry["seq"]: entry for entry in proof["entries"]}
    hashes = {proof["start"]["seq"]: proof["start"]["hash"]}
    findings, seq, previous = [], proof["start"]["seq"], proof["start"]["hash"]
    if not seq and previous != chain.START:
        findings.append(Finding("error", "entry", "the first entry does not begin the chain", 1))
    for link in proof["links"]:
        seq += 1
        entry = entries.pop(seq, None)
        if entry:
            wrong = (
                "it is not what was logged" if chain.digest(chain.body(entry)) != link else chain.personal_error(entry)
            )
            if wrong:
                findings.append(Finding("error", "entry", f"entry {seq}: {wrong}", seq))
        previous = hashes[seq] = chain.chained(previous, link)
    for left in sorted(entries):
        findings.append(Finding("error", "entry", f"entry {left} is in no chain", left))
    anchored = set()
    for checkpoint in proof["checkpoints"]:
        values = json.loads(checkpoint["body"])
        name = f"checkpoint {values['number']}"
        anchored.add(values["seq"])
        findings += signed(
            name,
            checkpoint["body"],
            checkpoint["signature"],
            checkpoint["public_key"],
            values,
            hashes.get,
            seq,
            trusted,
        )
    if seq not in anchored or (proof["start"]["seq"] and proof["start"]["seq"] not in anchored):
        findings.append(Finding("error", "checkpoint", "no checkpoint signs where this export begins and ends"))
    keys = sorted({checkpoint["public_key"] for checkpoint in proof["checkpoints"]})
    facts = {"entries": len(proof["entries"]), "last": seq, "checkpoints": len(proof["checkpoints"])}
    return findings, {**facts, "keys": [chain.fingerprint(key) for key in keys], "compared": bool(trusted)}
