"""Whole documents: the host's HTML is read here, printed in parts side by side, and made one file.

None of it happens in Odoo's processes, whose threads share one interpreter: a worker hands over text and gets a file.

An order is a dictionary: ``bodies`` (HTML documents; each starts a page), ``header`` and ``footer`` (HTML documents with all of
them, or None), ``page`` (:class:`.pdf.geometry.Geometry` as a dictionary), ``address`` (what relative links are relative to),
``ours`` (what addresses on this server begin with), ``tenant`` (whose it is), ``title``, ``language`` (when the document does not
say), ``nameless_fonts`` (see :mod:`.pdf.fonts`).
"""

import asyncio

from .lane import JobFailed
from .pdf import finish
from .pdf import job as pdf_job

ROUNDS = 3  # pages are counted from a layout without breaks; a wrong guess is printed again
_SHEET = "name"  # the scope in which a worker is asked what a style sheet is called


async def document(pool, order, ask):
    """:param Pool pool:
    :param dict order: see above
    :param ask: coroutine function ``(url, scope)`` that returns ``(type, bytes, shared)`` or None
    :return: the file as bytes, the same for the same order and the same assets
    :raise JobFailed: when it cannot be printed; and what :meth:`.pool.Pool.print` raises
    """
    pieces = await _aside(pdf_job.read, order)
    known = {}
    for address in pieces.sheets:
        name = await _sheet(pool.assets, order["tenant"], address, ask)
        if name:
            known[address] = name, address
    made = pdf_job.jobs(order, pieces, known)
    gate = asyncio.Semaphore(2 * pool.limits.lanes)  # a long document neither fills the queue nor holds up short ones
    parts = [asyncio.ensure_future(_part(pool, one, ask, gate)) for one in made]
    try:
        done = await asyncio.gather(*parts)
    finally:
        for one in parts:
            one.cancel()
    title = order["title"]
    outline = [piece.heading or f"{title} {number}" for number, piece in enumerate(pieces.bodies, 1)]
    language = pieces.bodies[0].language or order["language"]
    return await _aside(
        finish.document, done, title, language, order["address"], outline, nameless_fonts=order["nameless_fonts"]
    )


async def _sheet(assets, tenant, address, ask):
    """:return: the digest of a style sheet, which is its name; None when there is none"""
    name = assets.names.get((tenant, address))
    if not name:
        found = await ask(address, _SHEET)
        if not found:
            return None
        _kind, name, lasting = found
        name = name.decode()
        if lasting:
            assets.name(tenant, address, name)
    return name


async def _part(pool, job, ask, gate):
    """:return: the pages of a job, with the right number on each"""
    for _round in range(ROUNDS):
        async with gate:
            composed, data = await pool.print(job, ask)
        part = await _aside(finish.part, data, composed)
        if part.counts == composed["counts"] or not composed["overlays"]:
            return part
        job = {**job, "counts": part.counts}
    raise JobFailed(f"the pages cannot be counted: {part.counts}, not {composed['counts']}")


async def _aside(function, *arguments, **options):
    """Others are served meanwhile."""
    try:
        return await asyncio.to_thread(function, *arguments, **options)
    except ValueError as error:
        raise JobFailed(str(error)) from error
