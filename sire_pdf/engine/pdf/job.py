"""From the host's bodies, headers and footers to jobs for pages."""

from dataclasses import dataclass
from itertools import groupby

from . import html

# Bodies that share one page: more become several jobs, which are printed side by side and joined.
TOGETHER = 16


@dataclass
class Pieces:
    """A document that was read: ``bodies``, in order, with the ``headers`` and ``footers`` of each (parts, or None)"""

    bodies: list
    headers: list
    footers: list
    header: html.Piece
    footer: html.Piece

    @property
    def sheets(self):
        """The addresses of all style sheets, as written."""
        return dict.fromkeys(
            address for piece in (*self.bodies, self.header, self.footer) if piece for address in piece.sheets
        )


def read(order):
    """:param dict order: see :mod:`..document`
    :return: :class:`Pieces`
    """
    address, ours = order["address"], order["ours"]
    bodies = [html.piece(body, address, ours) for body in order["bodies"]]
    headers, header = html.overlays(order["header"], html.HEADERS, len(bodies), address, ours)
    footers, footer = html.overlays(order["footer"], html.FOOTERS, len(bodies), address, ours)
    return Pieces(bodies, headers, footers, header, footer)


def jobs(order, pieces, known):
    """:param dict order: see :mod:`..document`
    :param Pieces pieces: of that order
    :param dict known: address of a style sheet → ``(digest, path)``; those that are not in it are left out
    :return: the jobs in order
    """
    page = order["page"]
    together = 1 if page["roll"] else TOGETHER  # pages of one job are of one size
    extra = [found for found in (pieces.header, pieces.footer) if found]
    scoped = "".join(
        f"@scope (.{name}) {{ {found.style} }}\n"
        for name, found in (("sire-header", pieces.header), ("sire-footer", pieces.footer))
        if found and found.style
    )
    made, at = [], 0
    # only neighbours: the order of the document stays
    for (sheets, style), alike in groupby(pieces.bodies, key=lambda one: (one.sheets, one.style)):  # pylint: disable=bad-builtin-groupby
        alike = list(alike)
        wanted = dict.fromkeys([*sheets, *(one for found in extra for one in found.sheets)])
        for start in range(0, len(alike), together):
            some = alike[start : start + together]
            here = slice(at, at + len(some))
            overlaid = any(pieces.headers[here]) or any(pieces.footers[here]) or page["header_line"]
            made.append({
                "tenant": order["tenant"],
                "sheets": [known[address] for address in wanted if address in known],
                "style": f"{style}\n{scoped}" if scoped else style,
                "lang": some[0].language,
                "page": page,
                "bodies": [one.part() for one in some],
                "headers": pieces.headers[here] if overlaid else [],
                "footers": pieces.footers[here] if overlaid else [],
                "counts": None,
                "tagged": len(pieces.bodies) <= TOGETHER,
            })  # fmt: skip
            at += len(some)
    return made
