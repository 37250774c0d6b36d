from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.sire_base.utils.gate import given
from odoo.addons.sire_billing import gate

MARKS = frozenset({"sire_late_fee_month", "sire_late_fee_client"})


class AccountMove(models.Model):
    """An invoice of late fees: for one client, currency and month, and what becomes of its fees when it is changed."""

    _inherit = "account.move"

    sire_late_fee_month = fields.Date(
        "Late Fees For",
        readonly=True,
        copy=False,
        groups="sire_access.group_role",
        help="The month that this invoice of late fees is for. It never has a late fee itself.",
    )

    # A number, not a link: the host's merge of clients deletes what a unique link keeps it from giving to another one.
    sire_late_fee_client = fields.Integer("Client When Charged", readonly=True, copy=False, groups="base.group_system")

    _sire_late_fees_once = models.UniqueIndex(
        "(company_id, sire_late_fee_client, currency_id, sire_late_fee_month) WHERE sire_late_fee_month IS NOT NULL",
        "This client has an invoice of late fees for this month already.",
    )

    # === CONSTRAINTS === #

    @api.constrains("partner_id", "currency_id", "journal_id", "move_type", "company_id")
    def _check_sire_late_fees(self):
        """What a draft says is about one client's invoices: it is not made another's."""
        moves_sudo = self.sudo().filtered("sire_late_fee_month")  # the mark, whoever writes
        for fee in self.env["sire.late.fee"].sudo().search([("fee_move_id", "in", moves_sudo.ids)]):
            late, move = fee.move_id, fee.fee_move_id
            keys = [(one.commercial_partner_id, one.currency_id, one.company_id) for one in (late, move)]
            if keys[0] != keys[1] or move.move_type != "out_invoice":
                raise ValidationError(
                    self.env._("The late fees of %s are for this client, in this currency.", late.name)
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if MARKS & given(self, vals_list):
            self._sire_check_late_fee_gate()
        return super().create(vals_list)

    def write(self, vals):
        if (MARKS | {"sire_late_fee_ids"}) & vals.keys():
            self._sire_check_late_fee_gate()
        if vals.get("state") in ("draft", "posted"):
            for move in self.filtered(lambda one: one.state == "cancel" and one.sudo().sire_late_fee_month):
                raise UserError(
                    self.env._("%s was cancelled and its late fees are waived: it stays so.", move.display_name)
                )
        # what voids an invoice of fees says so itself, with the gate open
        is_credit = bool({"state", "reversed_entry_id"} & vals.keys()) and not gate.is_open(self.env)
        credited = self.reversed_entry_id if is_credit else self.browse()
        result = super().write(vals)
        if vals.get("state") == "cancel":  # charges nobody any more
            self._sire_get_late_fees()._set_waived(self.env._("Its invoice was cancelled"))
        if is_credit:
            (credited | self.reversed_entry_id)._sire_follow_late_fees()
        return result

    def copy_data(self, default=None):
        """Override of `base`: another invoice with the same lines would be one of fees that says it is none."""
        vals_list = super().copy_data(default)
        for move, vals in zip(self.sudo(), vals_list, strict=True):  # the mark, whoever copies
            if move.sire_late_fee_month and vals.get("move_type", move.move_type) == "out_invoice":
                raise UserError(self.env._("An invoice of late fees is made once: void it, with a reason."))
        return vals_list

    def _sire_check_late_fee_gate(self):
        if not gate.is_open(self.env):
            raise UserError(self.env._("Late fees are kept by the system: they are waived, not written."))

    # === BUSINESS === #

    def _post(self, soft=True):
        """Override of `account`: what is charged is what the lines say, also where somebody changed a draft."""
        posted = super()._post(soft)
        for fee_sudo in posted._sire_get_late_fees():
            if fee_sudo.line_id and fee_sudo.amount != fee_sudo.line_id.price_subtotal:
                fee_sudo.amount = fee_sudo.line_id.price_subtotal
        return posted

    def _sire_void(self, reason):
        """Override of `sire_billing`: what an invoice of late fees charged is waived, and so is what was charged for being
        late with an invoice that should not have been."""
        note = super()._sire_void(reason)
        self._sire_get_late_fees(("charged", "credited"))._set_waived(self.sire_void_reason)
        # sudo: written by methods alone
        fees_sudo = self.env["sire.late.fee"].sudo().search([("move_id", "=", self.id), ("state", "=", "charged")])
        for fee_sudo in fees_sudo:
            if fee_sudo.fee_move_id.state == "draft":
                fee_sudo._take_off(self.sire_void_reason)
            else:
                words = self.env._("Its late fee stays on %s, which the client has.", fee_sudo.fee_move_id.name)
                self.sudo().message_post(body=words, author_id=self.env.user.partner_id.id)  # sudo: as above
        return note

    def _sire_follow_late_fees(self):
        """What credit notes give back of these invoices is said on their fees."""
        fees_sudo = self._sire_get_late_fees(("charged", "credited"))
        for move_sudo in fees_sudo.fee_move_id:
            notes_sudo = move_sudo.reversal_move_ids.filtered(lambda note: note.state == "posted")
            fees_sudo.filtered(lambda fee, move=move_sudo: fee.fee_move_id == move)._follow_credit(notes_sudo)

    def _sire_get_late_fees(self, states=("charged",)):
        """:return: what these invoices charge, or did until it was credited
        :rtype: sire.late.fee
        """
        moves_sudo = self.sudo().filtered("sire_late_fee_month")  # the mark: of all others nothing is asked
        fees_sudo = self.env["sire.late.fee"].sudo()  # written by methods alone
        return fees_sudo.search([("fee_move_id", "in", moves_sudo.ids), ("state", "in", states)])
