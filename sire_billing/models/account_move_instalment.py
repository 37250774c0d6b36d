from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .. import gate


class AccountMove(models.Model):
    """The invoice of one part of a plan: it stays what was agreed."""

    _inherit = "account.move"

    sire_instalment_id = fields.Many2one(
        "sire.order.instalment",
        string="Part of the Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if not gate.is_open(self.env) and any(move.sire_instalment_id for move in moves):
            raise UserError(self._sire_say_instalment())
        return moves

    def write(self, vals):
        if "sire_instalment_id" in vals and not gate.is_open(self.env):
            raise UserError(self._sire_say_instalment())
        return super().write(vals)

    def _post(self, soft=True):
        """Override of `account`: nothing is billed of a plan but its parts, each once and as agreed."""
        for move in self:
            if move.move_type == "out_invoice":
                move._sire_check_instalment()
        return super()._post(soft)

    def _sire_check_instalment(self):
        """:raise UserError: when posting this would bill something of a plan that was not agreed, or twice"""
        self.ensure_one()
        # sudo: the plan, for whoever may post the invoice
        part_sudo = self.sudo().sire_instalment_id
        order_sudo = self.sudo().line_ids.sale_line_ids.order_id
        values = {"part": part_sudo.name, "order": part_sudo.order_id.name}
        if not part_sudo:
            order_sudo.with_context(sire_gate=None)._sire_check_no_plan()
            return
        order_sudo = part_sudo.order_id
        order_sudo._sire_lock_plan()
        if part_sudo.move_id != self:
            raise UserError(self.env._("“%(part)s” of %(order)s has another invoice by now.", **values))
        if (
            self.currency_id != order_sudo.currency_id
            or self.currency_id.compare_amounts(self.amount_total, part_sudo.amount)
            or self.commercial_partner_id != order_sudo.partner_invoice_id.commercial_partner_id
        ):
            raise UserError(
                self.env._(
                    "“%(part)s” of %(order)s was agreed as %(amount)s for %(client)s: its invoice stays so.",
                    amount=formatLang(self.env, part_sudo.amount, currency_obj=order_sudo.currency_id),
                    client=order_sudo.partner_invoice_id.display_name,
                    **values,
                )
            )

    def _sire_mail_instalment(self):
        """E-mail the invoice to the client, as the first one was with the approval."""
        self.ensure_one()
        # sudo: whoever may invoice the part may let the client know of it
        order_sudo = self.sudo().sire_instalment_id.order_id
        if order_sudo.partner_id.email_normalized:
            order_sudo._sire_mail_invoice(self.sudo())

    def _sire_say_instalment(self):
        return self.env._("Which part of a plan an invoice is for is not written by hand: invoice the part.")
