"""From the host's bodies, headers and footers to jobs for the print server."""

from itertools import groupby

from . import html

# Bodies that share one page: more become several jobs, which are printed side by side and joined.
TOGETHER = 16


def jobs(bodies, header, footer, geometry, address, ours, tenant, sheet):
    """:param list bodies: HTML documents, each starts a page
    :param str header: a document with all headers, or None; ``footer`` likewise
    :param Geometry geometry: of every page
    :param str address: what relative links are relative to
    :param ours: see :func:`.html.piece`
    :param str tenant: whose they are
    :param sheet: function from a style sheet's address to ``(digest, path)``, or None when there is none
    :return: ``(jobs, pieces)``: the jobs in order, and the bodies as pieces
    """
    pieces = [html.piece(body, address, ours) for body in bodies]
    headers, header_piece = html.overlays(header, html.HEADERS, len(pieces), address, ours)
    footers, footer_piece = html.overlays(footer, html.FOOTERS, len(pieces), address, ours)
    extra = [found for found in (header_piece, footer_piece) if found]
    scoped = "".join(
        f"@scope (.{name}) {{ {found.style} }}\n"
        for name, found in (("sire-header", header_piece), ("sire-footer", footer_piece))
        if found and found.style
    )
    made, at = [], 0
    # only neighbours: the order of the document stays
    for (sheets, style), alike in groupby(pieces, key=lambda one: (one.sheets, one.style)):  # pylint: disable=bad-builtin-groupby
        alike = list(alike)
        wanted = dict.fromkeys([*sheets, *(one for found in extra for one in found.sheets)])
        known = [found for found in map(sheet, wanted) if found]
        for start in range(0, len(alike), TOGETHER):
            some = alike[start : start + TOGETHER]
            here = slice(at, at + len(some))
            overlaid = any(headers[here]) or any(footers[here]) or geometry.header_line
            made.append({
                "tenant": tenant,
                "sheets": known,
                "style": f"{style}\n{scoped}" if scoped else style,
                "lang": some[0].language,
                "page": geometry.as_dict(),
                "bodies": [one.part() for one in some],
                "headers": headers[here] if overlaid else [],
                "footers": footers[here] if overlaid else [],
                "counts": None,
                "tagged": len(pieces) <= TOGETHER,
            })  # fmt: skip
            at += len(some)
    return made, pieces
