import copy
import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate

_logger = logging.getLogger(__name__)
MIN_REASON = 3
MAX_REASON = 250


class SireOrderInstalment(models.Model):
    """From a part that was reached to its one invoice."""

    _inherit = "sire.order.instalment"

    # === ACTIONS ===#

    def action_toggle_reached(self):
        """Button of a step: reached, and back while it is not invoiced.

        :raise UserError: when something else decides, or it is invoiced
        """
        self.ensure_one()
        self.check_access("write")
        self.order_id._sire_lock_plan()
        if self.due != "step" or self.order_id.state != "sale":
            raise UserError(self.env._("“%s” is not a step of an approved quotation that somebody marks.", self.name))
        if self.invoiced_at:
            raise UserError(self.env._("“%s” is invoiced already.", self.name))
        reached = not self.reached_at
        gate.opened(self).write(
            {
                "reached_at": fields.Datetime.now() if reached else False,
                "reached_by_id": self.env.uid if reached else False,
            }
        )
        if reached:
            self._sire_wake_cron()
        return True

    def action_invoice(self):
        """Button: make the invoice of this part, post it and send it; of a credited one, ask for the reason first.

        :return: True, or the action of the question
        :raise UserError: with a sentence that says why it cannot be invoiced
        """
        self.ensure_one()
        self.check_access("read")
        part_sudo = self.sudo()  # see _sire_invoice
        if part_sudo._sire_get_live_move():
            return True  # the second click: made and sent by the first
        if part_sudo.invoiced_at:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Invoice Again"),
                "res_model": "sire.instalment.again.wizard",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_instalment_id": self.id},
            }
        self._sire_invoice()._sire_mail_instalment()
        return True

    def action_open_invoice(self):
        self.ensure_one()
        return self.order_id.action_view_invoice(invoices=self.move_id)

    def action_open_order(self):
        """Row of the list: the quotation that the part belongs to."""
        self.ensure_one()
        return self.order_id._sire_form_action()

    # === BUSINESS ===#

    def _sire_invoice(self, reason=None, date=None):
        """Make the posted invoice of this part, or return the one there is, however often and from wherever it is called.

        :param str reason: why a part whose invoice was credited, cancelled or deleted is invoiced again
        :param datetime.date date: invoice date, an East African day; today when not given
        :rtype: account.move
        :raise UserError: with one sentence; nothing is changed
        """
        self.ensure_one()
        self.order_id._sire_lock_plan()
        # sudo: the caller's permission was checked for the part, not for the documents it is made of
        part_sudo = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        move_sudo = part_sudo._sire_get_live_move()
        if not move_sudo:
            reason = " ".join((reason or "").split())
            part_sudo._sire_check_invoiceable(reason)
            move_sudo = part_sudo._sire_make_invoice(date)
            body = self.env._("Invoice %(invoice)s for “%(part)s”.", invoice=move_sudo.name, part=self.name)
            if reason:
                body = self.env._("%(what)s Again, because: %(reason)s", what=body, reason=reason[:MAX_REASON])
            part_sudo.order_id.message_post(body=body, author_id=self.env.user.partner_id.id)
        return move_sudo.with_env(self.env)

    def _sire_check_invoiceable(self, reason):
        """:raise UserError: when this part cannot have an invoice now"""
        self.ensure_one()
        values = {"part": self.name, "order": self.order_id.name}
        if self.order_id.state != "sale":
            raise UserError(self.env._("%(order)s is not approved: “%(part)s” is not invoiced before.", **values))
        self.order_id._sire_check_approval_holds()
        if not self._sire_is_reached():
            raise UserError(
                self.env._("“%(part)s” of %(order)s is invoiced %(when)s.", when=self._sire_say_due(), **values)
            )
        if self.invoiced_at and len(reason) < MIN_REASON:
            raise UserError(
                self.env._("“%(part)s” of %(order)s was invoiced before: write why it is invoiced again.", **values)
            )
        if self.basis != "rest":
            return
        for other in self.order_id.sire_instalment_ids - self:
            if not other._sire_get_live_move():
                raise UserError(
                    self.env._(
                        "“%(part)s” is the last part of %(order)s: invoice “%(other)s” first.",
                        other=other.name,
                        **values,
                    )
                )

    def _sire_make_invoice(self, date):
        """Draft, link and post. The order's row and those of its parts are locked.

        A part before the last is a down payment of the host's: a line for each tax, in the proportions of the quotation. The
        last is the host's final invoice: every line in full, less those down payments, cent by cent what they were.
        """
        self.ensure_one()
        order = gate.opened(self.order_id)
        if self.basis == "rest":
            order._force_lines_to_invoice_policy_order()
            move = order.with_context(sire_plan_rest=True)._create_invoices(final=True)
        else:
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "sale_order_ids": order.ids,
                    "advance_payment_method": "fixed",
                    "fixed_amount": self.amount,
                }
            )
            move = gate.opened(wizard).with_context(sire_instalment_name=self.name)._create_invoices(order)
        # The gate closes here: what is posted is checked like anything else.
        move = move.with_env(self.env)
        if self.basis != "rest":
            self._sire_round_down_payment(move)
        gate.opened(move).sire_instalment_id = self
        gate.opened(self).write({"move_id": move.id, "invoiced_at": self.invoiced_at or fields.Datetime.now()})
        move.invoice_date = date or eat_today()
        move.action_post()
        return move

    def _sire_round_down_payment(self, move):
        """Let a draft down payment come to the amount that was agreed, to the cent.

        The host keeps the VAT of its lines as rounded amounts, but leaves lines without VAT unrounded, and can miss the amount by
        a cent where it rounds globally. Here nothing is left unrounded, and the cent goes to a line without VAT, or to the largest.
        """
        self.ensure_one()
        currency = move.currency_id
        lines = move.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        untaxed = lines.filtered(lambda line: not line.tax_ids)
        for line in untaxed:
            line.price_unit = currency.round(line.price_unit)
        cents = currency.round(self.amount - move.amount_total)
        if currency.is_zero(cents):
            return
        line = max(untaxed or lines, key=lambda line: abs(line.price_subtotal))
        values = {"price_unit": line.price_unit + cents}
        if extra := copy.deepcopy(line.extra_tax_data):
            company_cents = line.company_currency_id.round(cents / line.currency_rate)
            if "manual_total_excluded" in extra:
                extra["manual_total_excluded_currency"] += cents
                extra["manual_total_excluded"] += company_cents
            for amounts in extra.get("manual_tax_amounts", {}).values():
                if amounts:
                    amounts["base_amount_currency"] += cents
                    amounts["base_amount"] += company_cents
            if "price_unit" in extra:
                extra["price_unit"] = values["price_unit"]
            values["extra_tax_data"] = extra
        line.write(values)

    # === BY ITSELF ===#

    def _sire_wake_cron(self):
        """Parts that have just been reached are invoiced in a moment, where the company wants that."""
        if self.company_id.filtered("sire_invoice_reached_parts"):
            # sudo: nobody but administrators touches schedules
            self.env.ref("sire_billing.ir_cron_invoice_reached_parts").sudo()._trigger()

    @api.model
    def _cron_invoice_reached(self):
        """Invoice what was reached and never invoiced, for the companies that want it; one part at a time."""
        parts = self.search(
            [
                ("company_id.sire_invoice_reached_parts", "=", True),
                ("state", "=", "to_invoice"),
                ("invoiced_at", "=", False),
            ]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(parts))
        for part in parts:
            try:
                with self.env.cr.savepoint():
                    part._sire_invoice()._sire_mail_instalment()
            except UserError as error:  # such as the last part before another: the list “To Invoice” shows it
                _logger.info("Part %s of %s not invoiced: %s", part.id, part.order_id.name, error)
            if not cron._commit_progress(1):
                break
