"""What the host's arguments for wkhtmltopdf mean in millimetres."""

import re
from dataclasses import asdict, dataclass

PX_PER_MM = 96 / 25.4
A4 = (210.0, 297.0)
MARGIN = 10.0  # wkhtmltopdf's own, on each side
# wkhtmltopdf lays a page out a quarter wider than it is and prints it smaller, and what is wider still smaller yet, up to
# half size: WebKit's printing factors, 1.25 and 2. "Disable smart shrinking" turns both off.
SHRINK = 1.25
SHRINK_MOST = 2.0
SCALE_LEAST = 0.1  # the least that Chromium prints
_UNITS = {"": 1, "mm": 1, "cm": 10, "in": 25.4, "px": 1 / PX_PER_MM, "pt": 25.4 / 72}


@dataclass
class Geometry:
    """A page; millimetres.

    ``header_top``: where the header begins, from the paper's upper edge; the footer begins where the lower margin does ·
    ``scale``: size of a CSS pixel in 96ths of an inch · ``shrink``: how many times smaller yet a wide document may become,
    0 when it may not · ``roll``: the page is as long as its document, whatever ``height`` says
    """

    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float
    header_top: float
    header_line: bool
    scale: float
    shrink: float
    roll: bool = False

    def as_dict(self):
        return asdict(self)


def length(text):
    """:param text: ``"35"``, ``"35.0"``, ``"3.5cm"``
    :return: millimetres
    """
    match = re.fullmatch(r"\s*(-?\d*\.?\d+)\s*([a-z]*)\s*", str(text).lower())
    if not match or match[2] not in _UNITS:
        raise ValueError(f"not a length: {text}")
    return float(match[1]) * _UNITS[match[2]]


def options(arguments):
    """:param list arguments: of wkhtmltopdf's command line
    :return: ``{name: value}`` without the dashes; True for those without a value; the last one wins, as it does there
    """
    found, name = {}, None
    for argument in map(str, arguments):
        if argument.startswith("--"):
            name = argument[2:]
            found[name] = True
        elif name:
            found[name] = argument
            name = None
    return found


def geometry(arguments, sizes):
    """:param list arguments: what the host's ``_build_wkhtmltopdf_args`` returned
    :param dict sizes: ``{"A4": (210, 297)}`` of the host's paper sizes
    :return: a :class:`Geometry`
    """
    given = options(arguments)

    def mm(name, default=MARGIN):
        return max(0.0, length(given.get(name, default)))

    width, height = sizes.get(given.get("page-size"), A4)
    width, height = mm("page-width", width), mm("page-height", height)
    if str(given.get("orientation", "")).lower() == "landscape":
        width, height = height, width
    margins = {side: mm(f"margin-{side}") for side in ("top", "right", "bottom", "left")}
    shrinks = "disable-smart-shrinking" not in given
    scale = _zoom(given) / (SHRINK if shrinks else 1)
    inner = max(1.0, (width - margins["left"] - margins["right"]) * PX_PER_MM)
    viewport = re.match(r"(\d+)x", str(given.get("viewport-size", "")))
    if viewport:  # a window wider than the page makes everything smaller
        scale = min(scale, inner / int(viewport[1]))
    scale = min(max(scale, SCALE_LEAST), 2.0)
    return Geometry(
        width=width, height=height, **margins, header_top=margins["top"] - mm("header-spacing", 0),
        header_line="header-line" in given, scale=scale, shrink=SHRINK_MOST / SHRINK if shrinks else 0,
    )  # fmt: skip


def _zoom(given):
    """The resolution itself changes nothing, the zoom that the host gives with it does (96 divided by it): a format of 90
    prints a fifteenth larger than one of 96. Where the host finds no wkhtmltopdf, it leaves the zoom out.
    """
    if "zoom" in given:
        return float(given["zoom"])
    return 96 / (float(given.get("dpi", 96)) or 96)
