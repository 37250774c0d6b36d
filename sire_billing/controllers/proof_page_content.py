"""What the page behind the QR says, read from the document."""

from odoo.addons.sire_base.utils.eat import utc_to_eat

from .client_page_format import ClientPageFormat

FILES = 200


class ProofPage(ClientPageFormat):
    """One document: what stands on its paper, and how it stands today. Nothing else of it, and nothing of its client but the
    name that is printed.

    :param proof_sudo: a ``sire.proof`` in superuser mode (its code is on the paper), with the language of the page
    """

    def __init__(self, proof_sudo):
        self.env = proof_sudo.env
        self.record = proof_sudo._get_record()
        self.company = proof_sudo.company_id
        self.currency = self.record.currency_id
        self.model = self.record._name
        self.files = proof_sudo.file_ids[:FILES]

    # === THE PAPER ===

    def say_kind(self):
        if self.model == "sale.order":
            return self.env._("Quotation")
        if self.model == "account.payment":
            return self.env._("Receipt")
        if self.record.move_type == "out_refund":
            return self.env._("Credit note")
        return self.env._("Invoice")

    def get_number(self):
        return (self.record.sire_receipt_number if self.model == "account.payment" else self.record.name) or ""

    def get_rows(self):
        """:return: what stands on the paper: (what, text) pairs
        :rtype: list
        """
        record, env = self.record, self.env
        client = record.sire_received_from if self.model == "account.payment" else record.partner_id.display_name
        rows = [(env._("From"), self.company.name)]
        if self.company.vat:
            rows.append((env._("PIN"), self.company.vat))
        rows.append((env._("Received from") if self.model == "account.payment" else env._("For"), client))
        rows.append((env._("Date"), self._get_date()))
        if self.model == "account.payment":
            rows.append((env._("Amount"), self.money(record.amount)))
        else:
            rows.append((env._("Total"), self.money(record.amount_total)))
        if self.model == "sale.order" and record.validity_date:
            rows.append((env._("Valid until"), self.date(record.validity_date)))
        if self.model == "account.move" and record.move_type == "out_refund" and record.reversed_entry_id:
            rows.append((env._("For invoice"), record.reversed_entry_id.name))
        return [(label, text) for label, text in rows if text]

    def _get_date(self):
        if self.model == "sale.order":
            return self.date(utc_to_eat(self.record.date_order).date())
        return self.date(self.record.invoice_date if self.model == "account.move" else self.record.date)

    # === TODAY ===

    def is_good(self):
        """:return: whether the document counts as it is printed"""
        return self.get_status()[0] not in ("void", "cancelled", "declined", "draft", "expired", "changed")

    def get_status(self):
        """:return: (code for the style, word)
        :rtype: tuple[str, str]
        """
        env = self.env
        if self.model == "account.payment":
            if self.record.state in ("canceled", "rejected", "draft"):
                return "void", env._("Void")
            if self.record.sire_receipt_state == "uncleared":
                return "open", env._("Received, not cleared yet")
            return "paid", env._("Received")
        if self.model == "sale.order":
            words = {
                "open": env._("Open"),
                "changed": env._("Changed since"),
                "expired": env._("Expired"),
                "cancelled": env._("Withdrawn"),
                "declined": env._("Declined"),
                "approved": env._("Approved"),
                "draft": env._("Being changed"),
            }
            state = self.record._sire_client_state()
            return (state, words[state]) if state in words else ("cancelled", env._("Replaced by a newer one"))
        if self.record.state == "draft":
            return "draft", env._("Being corrected")
        if self.record.move_type == "out_refund":
            return ("cancelled", env._("Void")) if self.record.state == "cancel" else ("paid", env._("Valid"))
        words = {
            "unpaid": env._("Not paid"),
            "partial": env._("Partially paid"),
            "overdue": env._("Overdue"),
            "paid": env._("Paid"),
            "credited": env._("Credited"),
            "void": env._("Void"),
        }
        return self.record.sire_status, words[self.record.sire_status]

    def get_balance(self):
        """:return: what is left to pay today, as people write it; empty where that is no question"""
        if self.model != "account.move" or self.record.move_type == "out_refund" or self.record.state != "posted":
            return ""
        return self.money(self.record.amount_residual)

    def get_due(self):
        """:return: by when, as people write it; empty when nothing is left"""
        due = self.get_balance() and self.record.amount_residual and self.record.sire_next_due
        return self.date(due) if due else ""

    def get_paybill(self):
        """:return: as :meth:`account.move._sire_get_paybill`, with the account; empty when nothing can be paid that way"""
        if not self.get_balance() or not self.record._sire_get_proposed():
            return {}
        return self.record._sire_get_paybill()

    def get_hashes(self):
        return " ".join(self.files.mapped("sha256"))

    # === TEXTS OF THE SCRIPT ===

    def say_same(self):
        return self.env._("The same: this file is as it was issued.")

    def say_other(self):
        return self.env._(
            "Not the same. It may be a scan, a copy that was saved anew, or changed: compare what stands above."
        )

    def say_cannot(self):
        return self.env._("This browser cannot compare files here.")
