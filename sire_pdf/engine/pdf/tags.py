"""The structure that screen readers follow: what belongs to dropped pages leaves it, and its names get an order of their own."""

import re

from . import skia

_ELEMENT = b"<</Type /StructElem"
_NODE = re.compile(rb"\(node\d+\)")
_ID = re.compile(rb"/ID (\(node\d+\))")


def keep(source, root, pages):
    """:param Pages source:
    :param int root: the structure's number
    :param list pages: numbers of the pages that stay
    """
    kept = set(pages)
    elements = {number for number, content in source.objects.items() if content.startswith(_ELEMENT)}
    gone = [number for number in elements if (source.reference(number, b"Pg") or pages[0]) not in kept]
    while gone:
        number = gone.pop()
        parent = source.reference(number, b"P")
        if number not in elements:
            continue
        elements.discard(number)
        source.objects.pop(number)
        if parent in elements and _without(source, parent, number):
            gone.append(parent)
    _parents(source, root, kept)
    _rename(source, root)


def _without(source, number, child):
    """Takes a child out of an element.

    :return: whether the element is empty now
    """
    content = source.objects[number]
    content = re.sub(rb"(/K \[[^\n]*?)\b%d 0 R ?" % child, rb"\1", content, count=1)
    content = re.sub(rb"\n/K %d 0 R" % child, b"", content, count=1)
    source.objects[number] = content
    return not re.search(rb"/K (?!\[\s*\])", content)


def _parents(source, root, kept):
    """Pages and links that stay keep their entry in the table of parents."""
    table = source.reference(root, b"ParentTree")
    if not table:
        return
    links = set()
    for page in kept:
        found = re.search(rb"/Annots \[([^\]]*)\]", source.objects[page])
        links |= {int(number) for number in re.findall(rb"(\d+) 0 R", found[1])} if found else set()
    keys = set()
    for number in kept | links:
        found = re.search(rb"/StructParents? (\d+)", source.head(number))
        keys |= {found[1]} if found else set()
    pairs = re.findall(rb"(\d+) (\d+ 0 R)", re.search(rb"/Nums \[([^\]]*)\]", source.objects[table])[1])
    nums = b" ".join(b"%s %s" % pair for pair in pairs if pair[0] in keys)
    source.objects[table] = b"<</Type /ParentTree\n/Nums [%s]>>" % nums


def _rename(source, root):
    """The browser names elements in the order in which it came to ask for them, which is not the same each time. Here
    they are named in the order in which they are read."""
    names, elements, waiting = {}, [], [root]
    while waiting:
        number = waiting.pop()
        head = source.head(number)
        elements.append(number)
        children = re.search(rb"/K ([^\n]*)", head)
        below = list(skia.references(children[1])) if children else []
        waiting += reversed([one for one in below if source.objects.get(one, b"").startswith(_ELEMENT)])
        for name in _ID.findall(head):
            names[name] = b"(node%08d)" % (len(names) + 1), number
    for number in elements:
        # what names nobody stays away: a cell whose head is on no page that was kept
        source.objects[number] = _NODE.sub(lambda match: names.get(match[0], (b"",))[0], source.objects[number])
    tree = source.reference(root, b"IDTree")
    if tree:
        source.objects[tree] = b"<</Names [%s]>>" % b" ".join(b"%s %d 0 R" % named for named in names.values())
