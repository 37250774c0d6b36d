import contextlib
from concurrent.futures import ThreadPoolExecutor

from odoo import api, models

from odoo.addons.sire_base.exceptions import WebhookParked

from .. import gate
from ..utils import parse_stk_callback

ASKERS = 8  # questions of this process that are under way at a time
_askers = ThreadPoolExecutor(max_workers=ASKERS, thread_name_prefix="mpesa.query")


class Notes(list):
    """Notes to be written later, as (id of a transaction, text). A class, because a context can be sent by anybody."""


class PaymentTransaction(models.Model):
    """Many paid prompts at once: asked about side by side, then booked in one transaction.

    Only what is as plain as can be is taken: an open prompt, a callback that fits, a receipt that nobody has seen, one
    posted invoice in shillings. All else is left to `_mpesa_handle_stk_event`,
    which knows every case; so is a batch of which anything fails.
    """

    _inherit = "payment.transaction"

    # === ASKING === #

    @api.model
    def _mpesa_prepare_stk_events(self, events):
        """Find out which prompts Safaricom has to be asked about.

        :param events: new callbacks
        :return: ``callable()`` → {CheckoutRequestID: (outcome, StkResult | None)}, to be called without a transaction;
            None when there is nothing to ask
        """
        clients, questions = {}, {}
        for tx, (_event, result) in self._mpesa_read_callbacks(events).items():
            provider = tx.provider_id
            if provider.mpesa_confirm_callbacks and tx._mpesa_is_plain(result):
                client = clients.setdefault(provider, provider._mpesa_get_client())
                payload = provider._mpesa_build_query(result.checkout_request_id)
                questions[result.checkout_request_id] = client, payload
        return (lambda: _ask_all(questions)) if questions else None

    # === SETTLING === #

    @api.model
    def _mpesa_handle_stk_events(self, events, answers):
        """Book the plain ones among many callbacks.

        :param dict answers: what `_mpesa_prepare_stk_events` found out
        :return: the callbacks that were handled
        :rtype: sire.webhook.event
        """
        callbacks = self._mpesa_read_callbacks(events)
        txs = self.browse(tx.id for tx in callbacks).try_lock_for_update(allow_referencing=True)
        txs = txs.filtered(
            lambda tx: tx._mpesa_is_plain(callbacks[tx][1]) and tx._mpesa_is_confirmed(callbacks[tx][1], answers or {})
        )
        told = {tx: tx._mpesa_make_payment_data(*reversed(callbacks[tx])) for tx in txs}
        receipts = self.env["sire.mpesa.receipt"]._see_new(
            [(tx.provider_id, tx._mpesa_make_sighting(told[tx])) for tx in txs]
        )
        written = {receipt.name: receipt for receipt in receipts}
        txs = txs.filtered(lambda tx: told[tx]["receipt"] in written)  # the others were seen before
        notes = Notes()
        for tx in txs.with_context(mpesa_notes=notes):
            tx._process("mpesa", {**told[tx], "written": written[told[tx]["receipt"]]})
        txs._mpesa_create_payments()
        txs.with_context(mpesa_notes=notes)._post_process()
        self._mpesa_write_notes(notes)
        return events.browse(callbacks[tx][0].id for tx in txs)

    def _mpesa_create_payments(self):
        """Book these confirmed transactions: what the host's `_create_payment` does with one, for many."""
        values = [tx._mpesa_get_payment_values() for tx in self]
        payments = gate.opened(self.env["account.payment"]).create(values)
        payments.action_post()
        plan = []
        for tx, payment in zip(self, payments, strict=True):
            tx.payment_id = payment
            account = payment.destination_account_id
            lines = (payment.move_id.line_ids + tx.invoice_ids.line_ids).filtered(
                lambda line, account=account: line.account_id == account and not line.reconciled
            )
            plan.append(lines)
        self.mpesa_receipt_ids._set_booked()
        self.env["account.move.line"]._reconcile_plan(plan)

    def _mpesa_get_payment_values(self):
        """:return: values of the payment, as the host's `_create_payment` and ours make them
        :rtype: dict
        """
        receipt, journal = self.mpesa_receipt_ids, self.provider_id.journal_id
        lines = journal.inbound_payment_method_line_ids
        terms = self.invoice_ids.line_ids.filtered(lambda line: line.display_type == "payment_term")
        return {
            "amount": self.amount,
            "payment_type": "inbound",
            "currency_id": self.currency_id.id,
            "partner_id": self.partner_id.commercial_partner_id.id,
            "partner_type": "customer",
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "payment_method_line_id": lines.filtered(lambda line: line.payment_provider_id == self.provider_id).id,
            "payment_transaction_id": self.id,
            "memo": f"{self.reference} - {self.provider_reference}",
            "invoice_ids": self.invoice_ids,
            "destination_account_id": terms[:1].account_id.id,
            **receipt._get_payment_values(),
        }

    # === HELPERS === #

    @api.model
    def _mpesa_read_callbacks(self, events):
        """:return: {transaction: (event, StkResult)} of what can be read; the first one of each transaction and receipt"""
        found, numbers = {}, set()
        for event in events:
            with contextlib.suppress(ValueError, WebhookParked):
                result = parse_stk_callback(event._get_json())
                tx_id = int(event.event_key.split("/")[0])
                if result.receipt and result.receipt not in numbers and tx_id not in found:
                    found[tx_id] = event, result
                    numbers.add(result.receipt)
        return {tx: found[tx.id] for tx in self.browse(found).exists()}

    def _mpesa_is_plain(self, result):
        """:return: whether a callback is a success that fits, and nothing about the prompt or its invoice is special
        :rtype: bool
        """
        invoice, company = self.invoice_ids, self.company_id
        return bool(
            self.provider_code == "mpesa"
            and self.state == "pending"
            and result.is_paid
            and self.mpesa_checkout_request_id
            and (self.mpesa_checkout_request_id, self.mpesa_merchant_request_id)
            == (result.checkout_request_id, result.merchant_request_id)
            and result.amount is not None
            and self.currency_id.compare_amounts(result.amount, self.amount) == 0
            and self.currency_id == company.currency_id
            and not self.payment_id
            and not self.tokenize
            and not self.source_transaction_id
            and not self.child_transaction_ids
            and not self.mpesa_receipt_ids
            and not self.mpesa_waiting_receipt_ids
            and len(invoice) == 1
            and invoice.state == "posted"
            and invoice.move_type == "out_invoice"
            and invoice.company_id == company
            and invoice.currency_id == self.currency_id
            and not invoice.invoice_payment_term_id.early_discount
            and self.provider_id.journal_id
        )

    def _mpesa_is_confirmed(self, result, answers):
        """:return: whether Safaricom said so itself, or need not be asked"""
        if not self.provider_id.mpesa_confirm_callbacks:
            return True
        outcome, answer = answers.get(result.checkout_request_id, ("unknown", None))
        return outcome == "paid" and answer.merchant_request_id in ("", result.merchant_request_id)

    def _log_message_on_linked_documents(self, message):
        """Override of `account_payment`: notes for the invoices of many are written together, when all is booked."""
        notes = self.env.context.get("mpesa_notes")
        if not isinstance(notes, Notes):
            return super()._log_message_on_linked_documents(message)
        notes.append((self.id, message))
        return None

    @api.model
    def _mpesa_write_notes(self, notes):
        """Write what the host would have posted on the invoices one by one. Nobody is notified of such a note.

        :param list notes: (id of a transaction, text)
        """
        rounds = []  # a record gets one note a round
        for tx_id, text in notes:
            invoice = self.browse(tx_id).invoice_ids
            bodies = next((bodies for bodies in rounds if invoice.id not in bodies), None)
            if bodies is None:
                rounds.append(bodies := {})
            bodies[invoice.id] = text
        for bodies in rounds:
            invoices = self.env["account.move"].browse(bodies)
            invoices._message_log_batch(bodies, author_id=self.env.user.partner_id.id)


def _ask_all(questions):
    """Ask about many prompts side by side, with a token that one of us fetched for all.

    When nobody answers the first ones, the others are not asked: each could take as long as a time-out.

    :param dict questions: {CheckoutRequestID: (DarajaClient, payload)}
    :return: {CheckoutRequestID: (outcome, StkResult | None)}
    """
    ready = {client: client.with_token() for client, _payload in questions.values()}
    outcomes = []

    def ask(question):
        if len(outcomes) >= ASKERS and set(outcomes) == {"unknown"}:
            return "unknown", None
        client, payload = question
        answer = ready[client].query(payload)
        outcomes.append(answer[0])
        return answer

    return dict(zip(questions, _askers.map(ask, questions.values()), strict=True))
