"""The organisation's statement, as the M-Pesa organisation portal exports it. Pure."""

import csv
import io

from openpyxl import Workbook

from .balance import main_account
from .clock import EAT

COLUMNS = (
    "Receipt No.",
    "Completion Time",
    "Initiation Time",
    "Details",
    "Transaction Status",
    "Paid In",
    "Withdrawn",
    "Balance",
    "Balance Confirmed",
    "Reason Type",
    "Other Party Info",
    "Linked Transaction ID",
    "A/C No.",
)
TIME = "%d-%m-%Y %H:%M:%S"


def on(moment):
    """:return: a moment as the portal writes it, East Africa Time"""
    return moment.astimezone(EAT).strftime(TIME)


def within(lines, first=None, last=None):
    """:return: the lines whose day in Nairobi lies in the period; None leaves a side open"""
    return [
        (movement, balance)
        for movement, balance in lines
        if (not first or movement.at.astimezone(EAT).date() >= first)
        and (not last or movement.at.astimezone(EAT).date() <= last)
    ]


def rows(merchant, lines, now, first=None, last=None):
    """Build the sheet: who and when, an empty line, the columns, then the movements, newest first.

    :param lines: [(movement, balance after it)], the oldest first
    :param now: aware datetime, the end of an open period
    :return: list of lists of texts
    """
    found = within(lines, first, last)
    begins = first.strftime("%d-%m-%Y 00:00:00") if first else on(found[0][0].at if found else now)
    ends = last.strftime("%d-%m-%Y 23:59:59") if last else on(now)
    opening = found[0][1] - found[0][0].amount if found else 0
    head = [
        ["Organization Name", merchant.name],
        ["Short Code", merchant.party_b],
        ["Account", main_account(merchant)],
        ["Time Period", f"From {begins} To {ends}"],
        ["Opening Balance", f"{opening:.2f}"],
        ["Closing Balance", f"{found[-1][1] if found else 0:.2f}"],
        [],
        list(COLUMNS),
    ]
    return head + [line(movement, balance) for movement, balance in reversed(found)]


def line(movement, balance):
    """:return: one movement; what was withdrawn is written below 0"""
    return [
        movement.receipt,
        on(movement.at),
        on(movement.initiated),
        movement.details,
        "Completed",
        f"{movement.amount:.2f}" if movement.amount > 0 else "",
        f"{movement.amount:.2f}" if movement.amount < 0 else "",
        f"{balance:.2f}",
        "true",
        movement.reason,
        movement.payer,
        movement.linked,
        movement.reference,
    ]


def as_csv(sheet):
    """:return: bytes of a CSV file"""
    out = io.StringIO()
    csv.writer(out).writerows(sheet)
    return out.getvalue().encode()


def as_xlsx(sheet):
    """:return: bytes of an Excel workbook; every cell is a text, as in the portal's own"""
    book = Workbook()
    page = book.active
    page.title = "Statement"
    for number, row in enumerate(sheet, 1):
        for column, value in enumerate(row, 1):
            cell = page.cell(number, column)
            cell.value = value
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
