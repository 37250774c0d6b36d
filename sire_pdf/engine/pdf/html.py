"""The host's HTML documents, made into what one page can hold."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import lxml.html

from .css import narrow

# What has no place in a document: scripts do not run, frames and objects are not loaded, and only we say what a page's
# address is. They are refused by the browser as well; here they are left out so that nothing odd is shown in their place.
DROPPED = ("script", "noscript", "base", "meta", "iframe", "frame", "object", "embed", "title", "applet", "portal")
HEADERS, FOOTERS = "minimal_layout_report_headers", "minimal_layout_report_footers"
_ADDRESSES = ("src", "srcset", "style", "background", "poster", "data")


@dataclass
class Piece:
    """A document without its head.

    ``attributes``: of its body · ``html``: in its body · ``sheets``: addresses of style sheets, as written · ``style``:
    the text of its style elements · ``heading``: the first one's text · ``language``: as in HTML, empty when unknown
    """

    attributes: dict
    html: str
    sheets: tuple = ()
    style: str = ""
    heading: str = ""
    language: str = ""
    children: list = field(default_factory=list, compare=False)

    def part(self, html=None):
        """:return: what goes into the job"""
        return {"attributes": self.attributes, "html": self.html if html is None else html}


def piece(text, address, ours=()):
    """:param str text: a document, or a part of one
    :param str address: what relative links are relative to
    :param ours: what addresses on this server may begin with, without a slash at the end
    :return: a :class:`Piece`
    """
    text = str(text)
    root = lxml.html.document_fromstring(
        text if text.strip() else "<p></p>", parser=lxml.html.HTMLParser(encoding=None)
    )
    body = root.find("body")
    if body is None:
        body = lxml.html.Element("body")
    sheets = tuple(
        _relative(link.get("href"), ours)
        for link in root.iter("link")
        if "stylesheet" in (link.get("rel") or "").lower().split() and link.get("href")
    )
    style = "\n".join(narrow(_relative(node.text or "", ours)) for node in root.iter("style"))
    for node in list(body.iter("style", "link", *DROPPED)):
        node.drop_tree()
    for link in body.iter("a", "area"):
        if link.get("href"):
            _absolute(link, address)
    if any(own in text for own in ours):
        for node in body.iter(lxml.etree.Element):
            for name in _ADDRESSES:
                if node.get(name):
                    node.set(name, _relative(node.get(name), ours))
    attributes = {name: value for name, value in body.items() if not name.startswith("on")}
    headings = (" ".join(node.text_content().split()) for node in body.iter("h1", "h2", "h3"))
    spoken = [root.get("lang"), *(node.get("data-oe-lang") for node in body.iter("div") if node.get("data-oe-lang"))]
    language = next((value for value in spoken if value), "").replace("_", "-")
    return Piece(attributes, _inner(body), sheets, style, next(filter(None, headings), ""), language, list(body))


def overlays(text, which, count, address, ours):
    """Headers or footers, one for each body.

    :param str text: the host's document with all of them; None without any
    :param str which: :data:`HEADERS` or :data:`FOOTERS`
    :param int count: of bodies
    :return: a list of parts for the job, None where a body has none; and the :class:`Piece` that they are from, or None
    """
    if not text:
        return [None] * count, None
    whole = piece(text, address, ours)
    holder = next((node for top in whole.children for node in top.iter() if node.get("id") == which), None)
    if holder is None:  # not one of many: the same on all
        found = [whole.part()] * count if _shows(whole.children) else [None] * count
    else:
        each = [
            whole.part(f'<div id="{which}">{_outer(node)}</div>') if _shows([node]) else None
            for node in holder.iterchildren(lxml.etree.Element)
        ]
        found = [*each[:count], *[None] * (count - len(each))]
    return found, whole if any(found) else None


def _shows(nodes):
    """:return: whether there is anything to see"""
    for top in nodes:
        for node in top.iter(lxml.etree.Element):
            own = node.get("class", "") + node.get("style", "")
            if (node.text or "").strip() or (node.tail or "").strip() or node.tag in ("img", "svg", "hr", "table"):
                return True
            if re.search(r"\b(page|topage|border|bg-)|background|border", own):
                return True
    return False


def _relative(value, ours):
    """:return: the text with addresses on this server without their host: they are looked up here, not asked for"""
    for own in ours:
        value = re.sub(rf"(^|[\s\"'(,]){re.escape(own)}(?=/)", r"\1", value)
    return value


def _absolute(link, address):
    """A reader of the document clicks outside of it."""
    target = link.get("href").strip()
    if target.startswith("#"):
        return
    try:
        target = urljoin(f"{address}/", target)
        known = urlsplit(target).scheme in ("http", "https", "mailto", "tel", "sms", "ftp")
    except ValueError:
        known = False
    if known:
        link.set("href", target)
    else:
        del link.attrib["href"]


def _outer(node):
    return lxml.html.tostring(node, encoding="unicode", with_tail=False)


def _inner(node):
    start = lxml.html.fromstring("<p></p>")
    start.text = node.text
    opening = lxml.html.tostring(start, encoding="unicode")[3:-4]
    return opening + "".join(lxml.html.tostring(child, encoding="unicode") for child in node)
