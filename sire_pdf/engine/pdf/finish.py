"""From the pages that the browser printed to the document that the host expects.

The browser prints the bodies' pages, then one page for each of these with its header and footer, and last, when there are
several bodies, a page of links that tells where each begins. Here header and footer are drawn on their page, the rest is
dropped, and what differs from run to run is replaced by what does not.
"""

import re
from dataclasses import dataclass, field

from . import fonts, skia, tags

JOB_ADDRESS = re.compile(rb"\(http://\d+\.job\.sire\.invalid/")


@dataclass
class Part:
    """The pages of some bodies. ``pages``: one list of page numbers for each body"""

    source: skia.Pages
    pages: list
    overlays: list = field(default_factory=list)
    dropped: list = field(default_factory=list)

    @property
    def counts(self):
        return [len(pages) for pages in self.pages]


def part(data, composed):
    """:param bytes data: what the browser printed
    :param dict composed: what it said of it: ``counts``, ``overlays`` and ``marked``
    :return: a :class:`Part`, whose ``counts`` tell whether the browser counted the pages right
    """
    source = skia.Pages(data)
    end = len(source.order) - bool(composed["marked"])
    start = end - composed["overlays"]
    pages = source.order[:start]
    overlays, dropped = source.order[start:end], source.order[end:]
    return Part(source, _by_body(source, pages, len(composed["counts"])), overlays, dropped)


def _by_body(source, pages, bodies):
    """:return: the pages of each body"""
    if bodies == 1:
        return [pages]
    names = source.reference(source.root, b"Dests")
    found = dict(re.findall(rb"/sire-body-(\d+) \[(\d+) 0 R", source.objects[names])) if names else {}
    starts = [pages.index(int(found[b"%d" % body])) for body in range(bodies)]
    return [pages[start:end] for start, end in zip(starts, [*starts[1:], len(pages)], strict=True)]


def document(parts, title, language, address, outline, nameless_fonts=False):
    """:param list parts: :class:`Part`, in the order of the document; their counts are right
    :param str title:
    :param str language: as in HTML, ``en-KE``; empty when unknown
    :param str address: what addresses without a host in the document begin with, without a slash at the end
    :param list outline: a title for each body: the entries of the document's outline
    :param bool nameless_fonts: see :mod:`.fonts`
    :return: the document as bytes, the same for the same pages
    """
    whole = parts[0].source
    pages, starts, names = [], [], []
    for index, piece in enumerate(parts):
        _lay(piece)
        _link(piece.source, index, address)
        shift = whole.take(piece.source) if index else 0
        for body in piece.pages:
            starts.append(len(pages))
            pages += [number + shift for number in body]
        found = piece.source.reference(piece.source.root, b"Dests")
        if found:
            names.append(found + shift)
    catalog = [b"/Type /Catalog"]
    structure = whole.reference(whole.root, b"StructTreeRoot")
    if structure and len(parts) == 1:
        tags.keep(whole, structure, pages)
        catalog.append(b"/MarkInfo <</Marked true>>\n/StructTreeRoot %d 0 R" % structure)
    catalog.append(b"/Pages %d 0 R" % _tree(whole, pages))
    catalog.append(b"/ViewerPreferences <</DisplayDocTitle true>>")
    if language:
        catalog.append(b"/Lang (%s)" % re.sub(rb"[^A-Za-z0-9-]", b"", language.encode()))
    kept = set(pages)
    destinations = [
        b"/%s %s" % (name, place)
        for number in names
        for name, place, page in re.findall(rb"/(\S+) (\[(\d+) 0 R[^\]]*\])", whole.objects[number])
        if int(page) in kept and b"sire-body-" not in name
    ]
    entries, outlines = _outline(whole, outline, starts, pages)
    catalog.append(b"/Outlines %d 0 R" % outlines)
    catalog.append(b"/Dests %d 0 R" % whole.add(b"<<%s>>" % b"\n".join(destinations + entries)))
    if nameless_fonts:
        fonts.simplify(whole)
    root = whole.add(b"<<%s>>" % b"\n".join(catalog))
    # no date: the same pages make the same file, and the document's own date is on its page
    info = whole.add(b"<</Title %s\n/Creator (SIRE)\n/Producer (Chromium)>>" % skia.text(title))
    return whole.file(root, info)


def _lay(piece):
    """Draws headers and footers on their pages; a screen reader passes over them.

    They were printed in the same run, so a name means the same font or picture on both pages.
    """
    source = piece.source
    pages = [number for body in piece.pages for number in body]
    if not piece.overlays:
        return
    before = source.add(skia.packed(b"", b"q\n"))
    between = source.add(skia.packed(b"", b"\nQ\n/Artifact <</Type /Pagination>> BDC\nq\n"))
    after = source.add(skia.packed(b"", b"\nQ\nEMC\n"))
    for number, overlay in zip(pages, piece.overlays, strict=True):
        head = source.head(overlay)
        contents = source.reference(overlay, b"Contents")
        drawn = skia.stream(source.objects[contents])
        if b"/MCID" in drawn:
            drawn = re.sub(rb"/\w+ <</MCID \d+ >>\s*BDC", b"/Span BMC", drawn)
            source.objects[contents] = skia.packed(b"", drawn)
        page = _with_resources(source.objects[number], head)
        page = re.sub(
            rb"/Contents (\d+ 0 R)",
            rb"/Contents [%d 0 R \1 %d 0 R %d 0 R %d 0 R]" % (before, between, contents, after),
            page,
            count=1,
        )
        source.objects[number] = _with_links(source, page, head)


def _with_resources(page, overlay):
    """:return: the page, with what the other page uses"""
    start, end = skia.dictionary(overlay, b"Resources")
    used = overlay[start:end]
    for kind in re.findall(rb"/(\w+) <<", used):
        inner = skia.dictionary(used, kind)
        entries = used[inner[0] : inner[1]]
        there = skia.dictionary(page, kind)
        if not there:
            page = page.replace(b"/Resources <<", b"/Resources <</%s <<%s>>\n" % (kind, entries), 1)
            continue
        known = set(re.findall(rb"/(\S+) \d+ 0 R", page[there[0] : there[1]]))
        new = b"\n".join(
            b"/%s %s" % entry for entry in re.findall(rb"/(\S+) (\d+ 0 R)", entries) if entry[0] not in known
        )
        if new:
            page = page[: there[0]] + new + b"\n" + page[there[0] :]
    return page


def _with_links(source, page, overlay):
    """:return: the page with the links of its header and footer"""
    found = re.search(rb"/Annots \[([^\]]*)\]", overlay)
    if not found:
        return page
    for link in re.findall(rb"(\d+) 0 R", found[1]):
        source.objects[int(link)] = re.sub(rb"\n?/StructParent \d+", b"", source.objects[int(link)])
    if b"/Annots [" in page:
        return page.replace(b"/Annots [", b"/Annots [%s " % found[1], 1)
    return page[:-2] + b"\n/Annots [%s]>>" % found[1]


def _link(source, index, address):
    """Addresses within this server become whole ones; names of places get a number where files are joined."""
    for number, content in source.objects.items():
        if content.startswith(b"<</Type /Annot"):
            content = JOB_ADDRESS.sub(b"(%s/" % address.encode("ascii", "ignore"), content)
            if index:
                content = re.sub(rb"/Dest /", b"/Dest /%d-" % index, content)
            source.objects[number] = content
    names = index and source.reference(source.root, b"Dests")
    if names:
        source.objects[names] = re.sub(rb"/(\S+) \[", rb"/%d-\1 [" % index, source.objects[names])


def _tree(whole, pages):
    """:return: the number of a page tree with these pages, whose sizes are whole points as the host's own are"""
    tree = whole.add(b"<</Type /Pages\n/Count %d\n/Kids [%s]>>" % (len(pages), b" ".join(b"%d 0 R" % n for n in pages)))
    for number in pages:
        page = re.sub(rb"/Parent \d+ 0 R", b"/Parent %d 0 R" % tree, whole.objects[number])
        if b"/Font <<" not in page:  # the host looks for fonts on every page when it makes PDF/A
            page = page.replace(b"/Resources <<", b"/Resources <</Font <<>>\n", 1)
        whole.objects[number] = re.sub(rb"/MediaBox \[[^\]]*\]", _rounded, page)
    return tree


def _rounded(match):
    sizes = [round(float(size)) for size in match[0][len(b"/MediaBox [") : -1].split()]
    return b"/MediaBox [%d %d %d %d]" % tuple(sizes)


def _outline(whole, titles, starts, pages):
    """An outline with one entry for each body.

    By the entries of a file of several the host splits it. It looks them up in ``/Dests`` and wants the page's index there,
    as wkhtmltopdf writes it, where a page is due.

    :return: the entries for ``/Dests``, and the outline's number
    """
    height = re.search(rb"/MediaBox \[\S+ \S+ \S+ (\S+?)\]", whole.head(pages[0]))[1]
    target = b"%d 0 R" % pages[0] if len(starts) == 1 else None
    entries = [
        b"/sire-%d [%s /XYZ 0 %s 0]" % (index, target or b"%d" % start, height) for index, start in enumerate(starts)
    ]
    root = whole.add(b"")
    items = [whole.add(b"") for _title in titles]
    for index, (item, title) in enumerate(zip(items, titles, strict=True)):
        links = [b"/Title %s" % skia.text(title), b"/Parent %d 0 R" % root, b"/Dest /sire-%d" % index]
        if index:
            links.append(b"/Prev %d 0 R" % items[index - 1])
        if index + 1 < len(items):
            links.append(b"/Next %d 0 R" % items[index + 1])
        whole.objects[item] = b"<<%s>>" % b"\n".join(links)
    whole.objects[root] = b"<</Type /Outlines\n/First %d 0 R\n/Last %d 0 R\n/Count %d>>" % (
        items[0],
        items[-1],
        len(items),
    )
    return entries, root
