from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.sire_base.utils.gate import given

from .. import gate
from ..utils import LOOKALIKES, fold_reference, make_reference

FOLDED = "translate(upper(regexp_replace({}, '[^0-9A-Za-z]', '', 'g')), '%s', '%s')" % LOOKALIKES
SALES = "move_type IN ('out_invoice', 'out_receipt')"
SHORTEST_ACCOUNT = 4  # characters: less than that names nothing


class AccountMove(models.Model):
    _inherit = "account.move"

    mpesa_reference = fields.Char(
        string="M-Pesa Account",
        readonly=True,
        copy=False,
        help="What clients type as account number when they pay to the pay bill. It is the invoice's own for ever.",
    )
    sire_mpesa_receipts = fields.Char(
        string="M-Pesa Receipts",
        compute="_compute_sire_mpesa_receipts",
        compute_sudo=True,
        help="Receipt numbers of the M-Pesa payments of this invoice.",
    )

    _mpesa_reference_uniq = models.UniqueIndex(
        "(company_id, mpesa_reference) WHERE mpesa_reference IS NOT NULL", "An M-Pesa account belongs to one invoice."
    )
    _mpesa_number_idx = models.Index(f"(company_id, {FOLDED.format('name')}) WHERE {SALES}")
    _mpesa_origin_idx = models.Index(f"(company_id, {FOLDED.format('invoice_origin')}) WHERE {SALES}")

    # === COMPUTES === #

    @api.depends("transaction_ids.state", "transaction_ids.provider_reference", "matched_payment_ids")
    def _compute_sire_mpesa_receipts(self):
        for move in self:
            prompts = move.transaction_ids.filtered(lambda tx: tx.provider_code == "mpesa" and tx.state == "done")
            payments = move.matched_payment_ids | move.reconciled_payment_ids
            numbers = [
                *(tx.provider_reference for tx in prompts.sorted("id") if tx.provider_reference),
                *payments.sorted("id").sire_mpesa_receipt_id.mapped("name"),
            ]
            move.sire_mpesa_receipts = ", ".join(dict.fromkeys(numbers))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._mpesa_check_reference("mpesa_reference" in given(self, vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._mpesa_check_reference("mpesa_reference" in vals)
        if vals.get("state") == "posted":
            self._mpesa_set_references()
        return super().write(vals)

    def _mpesa_check_reference(self, is_written):
        if is_written and not gate.is_open(self.env):
            raise UserError(self.env._("The M-Pesa account of an invoice is given by the system and stays."))

    # === ACTIONS === #

    def button_draft(self):
        """Override of `account`: what keeps M-Pesa's money in the books stays.

        :raise UserError: a sentence that says what can be done instead
        """
        if not gate.is_open(self.env):
            domain = ["|", ("suspense_line_id", "in", self.line_ids.ids), ("return_move_id", "in", self.ids)]
            receipts_sudo = self.env["sire.mpesa.receipt"].sudo()  # whoever resets entries may not read the ledger
            if receipt_sudo := receipts_sudo.search(domain, limit=1):
                raise UserError(
                    self.env._(
                        "M-Pesa receipt %s is in the books with this entry: assign the receipt.", receipt_sudo.name
                    )
                )
            self.origin_payment_id._mpesa_check_not_received({"state": "draft"})
        return super().button_draft()

    # === BUSINESS === #

    def _mpesa_set_references(self):
        """Give customer invoices that lack it the account that clients type, for a posted invoice can be paid without a prompt.
        It is never changed after that.

        Not by `write`, which would look through the lines and taxes of each: it goes to the table with the state.
        """
        moves = self.filtered(lambda move: move._sire_is_payable_kind() and not move.mpesa_reference)
        for move in moves:
            self._fields["mpesa_reference"].write(move, make_reference(move.id))
        moves.modified(["mpesa_reference"])

    @api.model
    def _mpesa_find_by_account(self, company, typed):
        """Find the invoices that somebody may have meant by an account number.

        :param company: ``res.company`` that was paid, for itself or for its branches
        :param str typed: as the payer typed it: our account, the invoice's number, or the quotation's
        :return: customer invoices in any state but never posted ones; the surest kind of number only
        :rtype: account.move
        """
        folded = fold_reference(typed)
        if len(folded) < SHORTEST_ACCOUNT:
            return self.browse()
        companies = tuple(company._mpesa_get_paid_for().ids)
        self.flush_model(["name", "mpesa_reference", "invoice_origin", "company_id", "move_type"])
        for column in ("mpesa_reference", FOLDED.format("name"), FOLDED.format("invoice_origin")):
            query = (
                f"SELECT id FROM account_move WHERE company_id IN %s AND {column} = %s AND {SALES} ORDER BY id LIMIT 20"
            )
            rows = self.env.execute_query(SQL(query, companies, folded))
            if found := self.browse(row[0] for row in rows).filtered("mpesa_reference"):
                return found
        return self.browse()

    def _mpesa_is_one_number(self):
        """:return: whether what was found by an account is known by it alone: a company and its branch may each have an
            invoice of that number, and when one of them is paid the money is not the other client's for that
        :rtype: bool
        """
        return len(self.company_id) == 1 or len(self.commercial_partner_id) == 1

    # === HELPERS === #

    def _mpesa_get_open_lines(self, account):
        """:return: the items on an account that are not matched yet
        :rtype: account.move.line
        """
        return self.line_ids.filtered(lambda line: line.account_id == account and not line.reconciled)
