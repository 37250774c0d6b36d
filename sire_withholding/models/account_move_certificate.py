from odoo import Command, fields, models
from odoo.exceptions import UserError

from odoo.addons.sire_billing import gate


class AccountMove(models.Model):
    """The entry of a certificate goes with it: it is not taken back by itself."""

    _inherit = "account.move"

    sire_certificate_id = fields.Many2one(
        "sire.withholding.certificate",
        string="Withholding Certificate",
        compute="_compute_sire_certificate_id",
        compute_sudo=True,
    )

    def _compute_sire_certificate_id(self):
        """The entry of a certificate, and the one that reversed it."""
        certificates = self.env["sire.withholding.certificate"].search(
            [("move_id", "in", (self | self.reversed_entry_id).ids)]
        )
        for move in self:
            moves = move | move.reversed_entry_id
            move.sire_certificate_id = certificates.filtered(lambda found, moves=moves: found.move_id in moves)[:1]

    def action_sire_certificate(self):
        """Record the certificate of this invoice.

        :raise UserError: when there is nothing to settle
        """
        self.ensure_one()
        self._sire_check_open()
        kinds = list(self._sire_get_awaited())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withholding Certificate"),
            "res_model": "sire.withholding.certificate",
            "views": [(self.env.ref("sire_withholding.certificate_view_form_new").id, "form")],
            "target": "new",
            "context": {"default_invoice_id": self.id, **({"default_kind": kinds[0]} if kinds else {})},
        }

    def action_sire_spread_certificate(self):
        """Record one certificate for these invoices.

        :raise UserError: when they are not one client's, or nothing is awaited
        """
        self.check_access("read")
        self._sire_check_spread()
        issued = self.filtered(lambda move: move.state == "posted" and move.move_type == "out_invoice")
        kinds = [kind for move in issued for kind in move._sire_get_awaited()]
        if not kinds:
            raise UserError(self.env._("No certificate is awaited for these invoices."))
        oldest = issued.sorted(lambda move: (move.invoice_date, move.id))
        wizard = self.env["sire.withholding.spread.wizard"].create(
            {"kind": kinds[0], "line_ids": [Command.create({"invoice_id": move.id}) for move in oldest]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Certificate for %s Invoices", len(issued)),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _sire_check_spread(self):
        """:raise UserError: when one certificate cannot be for these invoices"""
        if len(self.commercial_partner_id) != 1 or len(self.company_id) != 1:
            raise UserError(self.env._("A certificate is for the invoices of one client."))
        if self.currency_id != self.company_id.currency_id:
            raise UserError(
                self.env._("A certificate for several invoices is in shillings: record the others one by one.")
            )

    def action_sire_certificates(self):
        """Show the certificates of this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_withholding.action_sire_certificates")
        return {**action, "domain": [("invoice_id", "=", self.id)], "context": {"create": False}}

    def button_draft(self):
        """Override of `account`."""
        self._sire_check_no_certificate()
        return super().button_draft()

    def button_cancel(self):
        """Override of `account`."""
        self._sire_check_no_certificate()
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """Override of `account`: a certificate is voided, and that reverses its entry."""
        self._sire_check_no_certificate()
        return super()._reverse_moves(default_values_list, cancel)

    def _sire_check_no_money(self):
        """Override of `sire_billing`: what a certificate settled is no money that could be given back."""
        for move in self:
            # sudo: whoever voids an invoice need not read certificates, and is told the number of the one to be voided
            certificates_sudo = move.sudo().sire_certificate_ids.filtered(lambda found: found.state == "recorded")
            if certificates_sudo:
                raise UserError(
                    self.env._(
                        "Certificate %(number)s settles a part of %(name)s: void it first, or make a credit note for the "
                        "%(rest)s that is left.",
                        number=certificates_sudo[0].name,
                        name=move.name,
                        rest=move._sire_money(move.amount_residual),
                    )
                )
        return super()._sire_check_no_money()

    def _sire_check_no_certificate(self):
        """:raise UserError: when one of these is the entry of a certificate"""
        if gate.is_open(self.env):
            return
        for move in self:
            if move.sire_certificate_id:
                raise UserError(
                    self.env._(
                        "%(entry)s is the entry of certificate %(number)s: void the certificate instead.",
                        entry=move.name,
                        number=move.sire_certificate_id.name,
                    )
                )
