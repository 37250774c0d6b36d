"""The organisation portal's statement, CSV or Excel. Pure functions."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from odoo.tools import LazyTranslate

from odoo.addons.sire_base.utils.eat import eat_to_utc

from .utils import Sighting, parse_payer_phone, parse_receipt, to_text

_lt = LazyTranslate(__name__, default_lang="en_US")
MAX_BYTES = 20_000_000
MAX_ROWS = 50_000
COLUMNS = {
    "receiptno": "number",
    "completiontime": "paid_at",
    "transactionstatus": "status",
    "paidin": "amount",
    "reasontype": "reason",
    "otherpartyinfo": "payer",
    "acno": "account",
    "details": "details",
}
NEEDED = {"number", "paid_at", "amount"}
TIMES = ("%d-%m-%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M")
OF_CLIENTS = re.compile(r"pay ?bill|merchant|goods|customer|c2b|till", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """A row of the statement: ``sighting`` when a client paid, else ``why`` it is left out.

    :param str why: out (money that left, or no client's), open (not completed) or bad (cannot be read)
    """

    line: int
    number: str
    sighting: Sighting | None = None
    why: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement that was read.

    :param str shortcode: the number that was paid to, as its head says; empty where that says none
    """

    shortcode: str
    rows: list


def read_statement(content):
    """Read a statement.

    :param bytes content: of the file
    :rtype: Statement
    :raise ValueError: with a sentence for whoever chose the file
    """
    if len(content) > MAX_BYTES:
        raise ValueError(_lt("This file is too large: export a shorter period."))
    table = _read_excel(content) if content[:2] == b"PK" else _read_csv(content)
    names, shortcode = None, ""
    rows = []
    for line, cells in enumerate(table, 1):
        if not names:
            titles = [re.sub(r"[^a-z]", "", to_text(cell).lower()) for cell in cells]
            shortcode = shortcode or _find_shortcode(cells)
            found = [COLUMNS.get(title) for title in titles]
            names = found if set(found) >= NEEDED else None
        elif any(to_text(cell) for cell in cells):
            rows.append(_read_row(line, dict(zip(names, cells, strict=False))))
        if len(rows) > MAX_ROWS:
            raise ValueError(_lt("This file has too many rows: export a shorter period."))
    if not names:
        raise ValueError(
            _lt("This is no M-Pesa statement: it has no columns Receipt No., Completion Time and Paid In.")
        )
    return Statement(shortcode, rows)


def _find_shortcode(cells):
    """:return: the number that stands in a row of the head after the words Short Code, in one cell with them or with the
    organisation's name or in a cell of its own; empty when there is none
    """
    found = re.search(r"\bshort ?code\b\D*\b(\d{5,8})(?!\d)", " ".join(map(to_text, cells)), re.IGNORECASE)
    return found[1] if found else ""


def _read_row(line, cells):
    number = parse_receipt(cells.get("number"))
    paid_in = to_text(cells.get("amount")).replace(",", "")
    shown = number or to_text(cells.get("number"), 30)
    status = to_text(cells.get("status")).lower()
    reason = f"{to_text(cells.get('reason'))} {to_text(cells.get('details'))}"
    if not paid_in or re.fullmatch(r"-?0*(\.0*)?", paid_in):
        return Row(line, shown, why="out")
    paid_at = _read_time(cells.get("paid_at"))
    if not number or not paid_at or not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", paid_in):
        return Row(line, shown, why="bad")
    if status not in ("", "completed"):
        return Row(line, shown, why="open")
    if reason.strip() and (not OF_CLIENTS.search(reason) or "revers" in reason.lower()):
        return Row(line, shown, why="out")
    phone, _dash, name = to_text(cells.get("payer")).partition(" - ")
    sighting = Sighting(
        number=number,
        amount=float(paid_in),
        source="statement",
        kind="till" if re.search(r"goods|merchant|till", reason, re.IGNORECASE) else "paybill",
        paid_at=paid_at,
        phone=parse_payer_phone(phone),
        name=to_text(name, 100),
        reference=to_text(cells.get("account"), 40),
    )
    return Row(line, number, sighting)


def _read_time(value):
    """:return: naive UTC, None when it is no time"""
    if isinstance(value, datetime):
        return eat_to_utc(value.replace(microsecond=0))
    for form in TIMES:
        try:
            return eat_to_utc(datetime.strptime(to_text(value), form))
        except ValueError:
            continue
    return None


def _read_csv(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ValueError(_lt("This file cannot be read as CSV.")) from error


def _read_excel(content):
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True, max_row=MAX_ROWS + 50)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError) as error:
        raise ValueError(_lt("This file cannot be read as an Excel workbook.")) from error
