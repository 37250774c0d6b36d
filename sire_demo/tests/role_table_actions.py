"""How each action of the table is done over a channel, and what the database says afterwards."""

from odoo.fields import Command

LAST = object()  #: stands for what the step before answered: the ids that it made


class RoleTableActions:
    """Each ``do_x`` returns steps ``(model, method, ids, arguments)``, each ``is_x`` whether it is done."""

    def call(self, records, method, **arguments):
        return [(records._name, method, records.ids, arguments)]

    def wizard(self, model, vals, method, context=None):
        extra = {"context": context} if context else {}
        return [(model, "create", None, {"vals_list": [vals], **extra}), (model, method, LAST, extra)]

    # === QUOTATIONS ===#

    def do_create_quotation(self):
        return [("sale.order", "create", None, {"vals_list": [{"partner_id": self.client.id, "origin": "table"}]})]

    def is_create_quotation(self):
        return self.env["sale.order"].search([("origin", "=", "table")]).mapped("state") == ["draft"]

    def do_change_quotation(self):
        return self.call(self.draft.order_line[0], "write", vals={"price_unit": 7000})

    def is_change_quotation(self):
        return self.draft.order_line[0].price_unit == 7000 and self.draft.amount_total > self.sent.amount_total

    def do_discount(self):
        vals = {"sale_order_id": self.draft.id, "discount_type": "sol_discount", "discount_percentage": 0.1}
        return self.wizard("sale.order.discount", vals, "action_apply_discount")

    def is_discount(self):
        return self.draft.order_line.mapped("discount") == [10, 10]

    def do_plan(self):
        parts = [[0, 0, dict(part[2])] for part in (self.part("Deposit", "approval", percent=30), self.rest())]
        return self.call(self.draft, "write", vals={"sire_invoicing": "deposit", "sire_instalment_ids": parts})

    def is_plan(self):
        return self.draft.sire_instalment_ids.mapped("amount") == [33060, 77140]

    def do_send_quotation(self):
        return self.call(self.draft, "action_sire_send")

    def is_send_quotation(self):
        return self.draft.sire_state == "sent" and len(self.draft.sire_sending_ids) == 1

    def do_revise(self):
        return self.call(self.sent, "action_sire_revise")

    def is_revise(self):
        return self.sent.sire_next_ids.name == f"{self.sent.name}/2"

    def do_mark_approved(self):
        vals = {"order_id": self.sent.id, "name": "Jane Wanjiku", "note": "by phone"}
        return self.wizard("sire.quotation.approve.wizard", vals, "action_confirm")

    def is_mark_approved(self):
        invoice = self.sent.invoice_ids
        return self.sent.state == "sale" and (invoice.state, invoice.amount_total) == ("posted", 110200)

    def do_confirm_as_the_host_does(self):
        return self.call(self.sent, "action_confirm")

    def do_decline_as_the_client(self):
        return self.call(self.sent, "_sire_decline", reason="Too dear")

    def do_cancel_quotation(self):
        return self.call(self.sent, "action_cancel")

    def is_cancel_quotation(self):
        return self.sent.state == "cancel"

    def do_delete_quotation(self):
        return self.call(self.sent, "unlink")

    def do_change_approved(self):
        return self.call(self.approved.order_line[0], "write", vals={"price_unit": 1})

    def do_invoice_part(self):
        return self.call(self.get_part(self.planned, "Balance"), "action_invoice")

    def is_invoice_part(self):
        moves = self.planned.sire_instalment_ids.move_id
        return moves.mapped("state") == ["posted"] * 2 and sum(moves.mapped("amount_total")) == 110200

    # === INVOICES ===#

    def do_create_invoice(self):
        vals = {"move_type": "out_invoice", "partner_id": self.client.id, "ref": "table"}
        return [("account.move", "create", None, {"vals_list": [vals]})]

    def is_create_invoice(self):
        return self.env["account.move"].search([("ref", "=", "table")]).mapped("state") == ["draft"]

    def do_post_invoice(self):
        return self.call(self.draft_invoice, "action_post")

    def is_post_invoice(self):
        return (self.draft_invoice.state, self.draft_invoice.amount_residual) == ("posted", 1000)

    def do_send_invoice(self):
        return self.call(self.plain, "action_sire_send")

    def is_send_invoice(self):
        return self.plain.sire_sending_ids.mapped("sent_to") == [self.client.email]

    def do_void_invoice(self):
        vals = {"move_id": self.plain.id, "reason": "Wrong client"}
        return self.wizard("sire.invoice.void.wizard", vals, "action_confirm")

    def is_void_invoice(self):
        return (self.plain.sire_status, self.plain.amount_residual) == ("void", 0)

    def do_credit_note(self):
        context = {"active_model": "account.move", "active_ids": self.plain.ids}
        vals = {"reason": "Half of it", "journal_id": self.plain.journal_id.id}
        return self.wizard("account.move.reversal", vals, "reverse_moves", context)

    def is_credit_note(self):
        credit = self.plain.reversal_move_ids
        return (credit.move_type, credit.state, credit.amount_total) == ("out_refund", "draft", 1000)

    def do_delete_draft(self):
        return self.call(self.draft_invoice, "unlink")

    def is_delete_draft(self):
        return not self.draft_invoice.exists()

    def do_delete_issued(self):
        return self.call(self.plain, "unlink")

    def do_reset_issued(self):
        return self.call(self.plain, "button_draft")

    def is_reset_issued(self):
        return self.plain.state == "draft" and self.plain.name == self.plain_number

    def do_reset_sent(self):
        return self.call(self.invoice, "button_draft")

    # === MONEY ===#

    def do_register_payment(self):
        context = {"active_model": "account.move", "active_ids": self.plain.ids}
        vals = {"amount": 400, "journal_id": self.bank.id}
        return self.wizard("account.payment.register", vals, "action_create_payments", context)

    def is_register_payment(self):
        return (self.plain.amount_residual, self.plain.sire_status) == (600, "overdue")

    def do_cash_receipt(self):
        vals = {"move_id": self.plain.id, "amount": 250, "journal_id": self.drawer.id}
        return self.wizard("sire.cash.payment.wizard", vals, "action_confirm")

    def is_cash_receipt(self):
        payment = self.plain.matched_payment_ids
        return self.plain.amount_residual == 750 and payment.sire_receipt_number.startswith("RCT/")

    def do_too_much_cash(self):
        vals = {"move_id": self.plain.id, "amount": 1000.01, "journal_id": self.drawer.id}
        return self.wizard("sire.cash.payment.wizard", vals, "action_confirm")

    def do_cheque(self):
        vals = {"move_id": self.plain.id, "amount": 250, **self.cheque_values("000778")}
        return self.wizard("sire.cash.payment.wizard", vals, "action_confirm")

    def is_cheque(self):
        return self.plain.matched_payment_ids.sire_receipt_state == "uncleared"

    def end_receipt(self, payment, kind):
        vals = {"payment_id": payment.id, "kind": kind, "reason": "As the bank said"}
        return self.wizard("sire.receipt.wizard", vals, "action_confirm")

    def do_clear_cheque(self):
        return self.end_receipt(self.cheque, "clear")

    def is_clear_cheque(self):
        return self.cheque.sire_receipt_state == "cleared"

    def do_return_cheque(self):
        return self.end_receipt(self.cheque, "return")

    def is_return_cheque(self):
        return (self.cheque.sire_receipt_state, self.invoice.amount_residual) == ("returned", 110200 - 1000)

    def do_void_receipt(self):
        return self.end_receipt(self.receipt, "void")

    def is_void_receipt(self):
        return (self.receipt.sire_receipt_state, self.invoice.amount_residual) == ("void", 110200 - 2000)

    def do_delete_receipt(self):
        return self.call(self.receipt, "unlink")

    def do_use_credit(self):
        return self.call(self.plain, "action_sire_use_credit")

    def is_use_credit(self):
        return self.plain.amount_residual == 500

    def do_open_drawer(self):
        arguments = {"journal_id": self.drawers[0].id, "amount": 100}
        return [("sire.cashier.session", "action_sire_open", None, arguments)]

    def is_open_drawer(self):
        session = self.env["sire.cashier.session"].search([("journal_id", "=", self.drawers[0].id)])
        return (session.state, session.opening_count) == ("open", 100)

    def do_count_drawer(self):
        return self.call(self.open_session, "action_sire_count", amount=90)

    def is_count_drawer(self):
        return (self.open_session.state, self.open_session.difference) == ("counted", -10)

    def do_sign_off_drawer(self):
        return self.call(self.counted_session, "action_sire_sign_off", note="Ten are missing")

    def is_sign_off_drawer(self):
        return self.counted_session.state == "closed" and bool(self.counted_session.entry_id)

    # === REMINDERS AND STATEMENTS ===#

    def pause_steps(self, kind, button):
        vals = {"kind": kind, "move_id": self.plain.id, "reason": "Hours", "date_until": str(self.day(3))}
        return self.call(self.plain, button) + self.wizard("sire.reminder.pause.wizard", vals, "action_confirm")

    def is_paused(self, kind):
        return self.plain.sire_reminder_pause_id.mapped("kind") == [kind]

    def do_hold_reminders(self):
        return self.pause_steps("hold", "action_sire_hold")

    def is_hold_reminders(self):
        return self.is_paused("hold")

    def do_dispute(self):
        return self.pause_steps("dispute", "action_sire_dispute")

    def is_dispute(self):
        return self.is_paused("dispute")

    def do_promise(self):
        return self.pause_steps("promise", "action_sire_promise")

    def is_promise(self):
        return self.is_paused("promise")

    def do_end_hold(self):
        return self.call(self.pause, "action_end")

    def is_end_hold(self):
        return self.pause.state == "ended"

    def do_send_reminder(self):
        find = {"domain": [["move_id", "=", self.plain.id]]}
        return [
            ("sire.reminder.preview", "action_open", None, {}),
            ("sire.reminder.preview", "search", None, find),
            ("sire.reminder.preview", "action_send", LAST, {}),
        ]

    def is_send_reminder(self):
        return self.plain.sire_reminder_count == 1

    def statement(self, method):
        vals = {"partner_ids": [Command.set(self.client.ids)], "date_from": str(self.day(-90))}
        return self.wizard("sire.statement.wizard", vals, method)

    def do_send_statement(self):
        return self.statement("action_send")

    def is_send_statement(self):
        return bool(self.env["sire.statement.sending"].search([("partner_id", "=", self.client.id)]))

    def do_print_statement(self):
        return self.statement("action_print")

    def is_print_statement(self):
        return True  # nothing is written
