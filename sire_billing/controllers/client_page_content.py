"""What the client page shows, read from the records behind its link."""

import hashlib
import json
from datetime import timedelta

from odoo import fields
from odoo.tools import html2plaintext

from odoo.addons.sire_base.utils.eat import utc_to_eat

from .client_page_code import ClientPageCode
from .client_page_format import ClientPageFormat, keep_together
from .client_page_option import ClientPageOption
from .client_page_paybill import ClientPagePayBill
from .client_page_plan import ClientPagePlan
from .client_page_revision import ClientPageRevision
from .client_page_status import ClientPageStatus
from .client_page_text import ClientPageText

LIVE = ("pending", "authorized")
RECENT_MINUTES = 30  # so long a prompt that failed, or was paid, is what the client came back for


class ClientPage(
    ClientPageCode,
    ClientPageFormat,
    ClientPageOption,
    ClientPagePayBill,
    ClientPagePlan,
    ClientPageRevision,
    ClientPageStatus,
    ClientPageText,
):
    """The documents behind one link, and nothing else: every record is reached from the link.

    :param link_sudo: a ``sire.client.link`` in superuser mode (its code is the client's only authority), with the
        language of the page in its context
    :param dict typed: what stood in a form that was sent from the page, the options that were ticked among it
    """

    def __init__(self, link_sudo, typed=None):
        self.link = link_sudo
        self.env = link_sudo.env
        self.company = link_sudo.company_id
        self.order = link_sudo.order_id
        self.document = self.order or link_sudo.invoice_id
        self.currency = self.document.currency_id
        self.client = self.document.partner_id
        self.name = self.document.name or ""
        self.state = self._get_state()
        self.chosen = self.read_choice(typed or {})
        self.invoices = self.sort_invoices(self._get_invoices())
        self.provider = self.env["payment.provider"]._mpesa_for_company(self.company)
        txs = self.invoices.transaction_ids.filtered(  # a credit note has the refund that is for it: no prompt
            lambda tx: tx.provider_code == "mpesa" and tx.state != "draft" and tx.operation != "refund"
        )
        self.attempts = txs.sorted("id", reverse=True)
        self.live = self.attempts.filtered(lambda tx: tx.state in LIVE)[:1]

    def _get_state(self):
        if self.order:
            return self.order._sire_client_state()
        states = {"draft": "draft", "posted": "invoice", "cancel": "cancelled"}
        return states[self.link.invoice_id.state]

    def _get_invoices(self):
        """Return the posted invoices, oldest first; of a quotation only once it is approved."""
        invoices = self.link.invoice_id or (self.state == "approved" and self.order.invoice_ids) or self.link.invoice_id
        return invoices.filtered(lambda move: move.state == "posted").sorted(lambda move: (move.invoice_date, move.id))

    # === THE STATE AS A WHOLE ===

    def is_answered(self):
        """Whether there is nothing to approve or decline (any more)."""
        return self.state != "open"

    def is_content_shown(self):
        """Whether the client may read the lines: what staff is still changing, or took back, is not shown."""
        return self.state in ("open", "approved", "expired", "declined", "superseded", "invoice")

    def get_version(self):
        """Return a short mark that changes whenever the page would say something else."""
        facts = [
            self.state,
            [[invoice.id, invoice.payment_state, str(invoice._sire_get_payable())] for invoice in self.invoices],
            [[tx.id, tx.state, tx.provider_reference] for tx in self.attempts],
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]

    def is_moving(self):
        """Whether the page is about to change by itself: a prompt is open, or a receipt number is still to come."""
        latest = self.attempts[:1]
        return bool(self.live) or (latest.state == "done" and not latest.provider_reference and self._is_recent(latest))

    def get_received(self, invoice):
        """Return what has just been paid, to thank for it, with or without a prompt; empty later on.

        :rtype: payment.transaction | account.payment
        """
        latest = self.attempts[:1]
        if latest.state == "done" and latest in invoice.transaction_ids and self._is_recent(latest):
            return latest
        payments = invoice.matched_payment_ids | invoice.reconciled_payment_ids
        reported = payments.filtered("sire_mpesa_receipt_id").sorted("id", reverse=True)[:1]
        return reported.filtered(lambda payment: self._is_since(payment.create_date) and self._is_of_today(payment))

    def _is_recent(self, tx):
        return self._is_since(tx.last_state_change or tx.create_date)

    def _is_since(self, moment):
        return (fields.Datetime.now() - moment).total_seconds() < RECENT_MINUTES * 60

    def _is_of_today(self, payment):
        """Whether it was paid within a day: what was written down late is nothing that the client came back for."""
        return fields.Datetime.now() - payment.sire_mpesa_receipt_id.paid_at < timedelta(days=1)

    def get_status(self):
        """Return what the script asks for every two seconds, well below 300 bytes."""
        status = {"v": self.get_version(), "live": bool(self.live)}
        if self.live:
            status["left"] = self.live._mpesa_status()["seconds_left"]
        return status

    def get_attempt(self):
        """Return the state of the last prompt in words while it matters: live, or failed a moment ago.

        :return: what ``payment.transaction._mpesa_status`` gives, or an empty dict
        :rtype: dict
        """
        attempt = self.live or self.attempts[:1]
        if not attempt or (attempt.state == "done"):
            return {}
        if not self.live and not self._is_recent(attempt):
            return {}
        return attempt._mpesa_status()

    # === INVOICES AND PAYMENTS ===

    def get_money(self, invoice):
        """Return what was paid, what is left, what may be paid now and the amount to propose.

        Money that a live prompt holds is not paid yet; money that is confirmed and not booked yet is.

        :return: amounts in the currency of the invoice; ``asked`` is what may be paid without what will not come as money,
            ``proposed`` what one M-Pesa payment can carry of it
        :rtype: dict
        """
        payable, asked = invoice._sire_get_payable(), invoice._sire_get_proposed()
        live = invoice.transaction_ids.filtered(lambda tx: tx.state in LIVE and tx.operation != "refund")
        held = sum(live.mapped("amount"))
        left = min(payable + held, invoice.amount_residual)
        return {
            "payable": payable,
            "held": left - payable,
            "left": left,
            "paid": invoice.amount_total - left,
            "asked": asked,
            "proposed": self.provider._mpesa_get_step(asked)[0] if self.provider else 0,
        }

    def is_settled(self, invoice):
        return invoice.currency_id.is_zero(self.get_money(invoice)["left"])

    def can_pay(self, invoice):
        """Whether the form for M-Pesa is there."""
        if self.live or not self.provider or invoice.move_type == "out_refund" or invoice.currency_id.name != "KES":
            return False
        return self.get_money(invoice)["proposed"] >= 1

    def is_failure_told(self, failure):
        """Whether the reason of a refusal stands beside a form; otherwise it has to stand above everything."""
        if failure.get("action") == "pay":
            return any(self.can_pay(invoice) for invoice in self.invoices)
        if failure.get("action") == "claim":
            mine = self.invoices.filtered(lambda invoice: str(invoice.id) == failure["values"]["invoice"])
            return any(self.can_claim(invoice) for invoice in mine)
        return self.state == "open"

    def propose(self, invoice, sums):
        """Write the amount that the form starts with: what is left, or what the prompt was for that has just failed."""
        amount = sums["proposed"]
        if self.get_attempt().get("state") == "failed" and self.attempts[:1] in invoice.transaction_ids:
            amount = min(amount, self.attempts[:1].amount)
        return f"{amount:,.0f}"

    def has_other_ways(self):
        """Whether the host's own page of an invoice offers more than M-Pesa."""
        ways = [("state", "=", "enabled"), ("code", "not in", ("mpesa", "none")), ("is_published", "=", True)]
        return bool(self.env["payment.provider"].search_count([*ways, ("company_id", "=", self.company.id)], limit=1))

    def get_receipts(self):
        """Return the payments on this page that have a receipt to print."""
        rows = [row for invoice in self.invoices for row in self.get_payments(invoice)]
        return [row["payment"] for row in rows if row["has_pdf"]]

    def get_payments(self, invoice):
        """Return what was received for an invoice, oldest first: booked, or confirmed a moment ago.

        :return: dicts with ``amount`` (as written), ``method``, ``receipt`` (a reference where ``is_receipt`` is false),
            ``date`` (as written) and ``payment``
        :rtype: list[dict]
        """
        rows = []
        booked = self.env["account.payment"]
        for part in (invoice.invoice_payments_widget or {}).get("content", []):
            if part["is_exchange"]:
                continue
            payment = self.env["account.payment"].browse(part["account_payment_id"] or [])
            booked |= payment
            tx = payment.payment_transaction_id
            rows.append(self._get_payment_row(invoice, part["amount"], part["date"], tx, payment, part))
        confirmed = invoice.transaction_ids.filtered(
            lambda tx: tx.state == "done" and tx.payment_id not in booked and tx.operation != "refund"
        )
        for tx in confirmed.sorted("id") if invoice._sire_get_payable() < invoice.amount_residual else ():
            rows.append(self._get_payment_row(invoice, tx.amount, tx.last_state_change, tx, tx.payment_id, {}))
        return sorted(rows, key=lambda row: row["when"])

    def _get_payment_row(self, invoice, amount, when, tx, payment, part):
        reported, note = payment.sire_mpesa_receipt_id, ""
        if reported and tx.provider_code != "mpesa":
            method, receipt, when = "M-Pesa", reported.name, reported.paid_at
        elif tx.provider_code == "mpesa":
            method, receipt = "M-Pesa", tx.provider_reference
            when = tx.mpesa_paid_at or tx.last_state_change or when
        elif payment or tx:
            method = payment and payment._sire_describe_instrument() or tx.payment_method_id.name
            method = method or payment.journal_id.name
            receipt = payment.sire_receipt_number or tx.provider_reference
        else:  # as on the statement: a credit note, or an entry that is called by what it is
            words = self.client._sire_statement_words(self.env["account.move"].browse(part["move_id"]), -amount)
            method, note, receipt = words["kind"], words["name"] or words["reference"], ""
        if not tx and payment.memo != invoice.name:  # the memo of a prompt is how the host names it
            note = note or payment.memo
        return {
            "amount": self.money(amount, invoice.currency_id),
            "method": method,
            "receipt": receipt or note or "",
            "is_receipt": bool(receipt),
            "date": self.moment(when) if hasattr(when, "hour") else self.date(when),
            "when": str(when),
            "payment": payment,
            "has_pdf": bool(payment.sire_receipt_number),
        }

    # === FOR THE TEMPLATES ===

    def moment(self, naive_utc):
        return utc_to_eat(naive_utc).strftime("%d/%m/%Y %H:%M") if naive_utc else ""

    def lines(self):
        if self.order:
            return self.order._get_order_lines_to_report()
        return self.document._get_move_lines_to_report()

    def describe(self, line):
        """Return title and text of a line; the name of a general product above what was really done says nothing.

        :rtype: tuple[str, str]
        """
        rows = [row.strip() for row in (line.name or line.product_id.name or "").strip().split("\n")]
        if len(rows) > 1 and rows[0] == line.product_id.name:
            rows = rows[1:]
        return rows[0], "\n".join(rows[1:])

    def quantity(self, line):
        """Write ``40 Hours × KSh 2,500``; an empty text for one piece, whose price says everything."""
        quantity = line.product_uom_qty if self.order else line.quantity
        if quantity == 1 and not line.discount:
            return ""
        number = f"{quantity:,.2f}".rstrip("0").rstrip(".")
        text = self.say_quantity(number, line.product_uom_id.name or "", self.money(line.price_unit, line.currency_id))
        # a narrow line breaks before the cross, never inside "14 Hours" or "KSh 2,500"
        return " ×".join(keep_together(part) for part in text.strip().split(" ×"))

    def totals(self, document):
        """Return the rows above the total: before tax, then each tax, as names and written amounts."""
        totals = self.get_totals(document) or {}
        groups = [group for subtotal in totals.get("subtotals", []) for group in subtotal["tax_groups"]]
        if not groups:
            return []
        rows = [(self.env._("Before VAT"), totals["base_amount_currency"])]
        rows += [(group["group_name"], group["tax_amount_currency"]) for group in groups]
        return [(name, self.money(amount, document.currency_id)) for name, amount in rows]

    def terms(self):
        return html2plaintext((self.document.note if self.order else self.document.narration) or "").strip()
