import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_payment.utils import format_money

from ..commands import parse_balances
from ..utils import parse_time

_logger = logging.getLogger(__name__)

MAIN_ACCOUNTS = {"paybill": "Utility Account", "till": "Merchant Account"}  # what clients pay arrives there


class PaymentProvider(models.Model):
    """What the organisation has at M-Pesa, as Safaricom said it last."""

    _inherit = "payment.provider"

    mpesa_currency_id = fields.Many2one("res.currency", compute="_compute_mpesa_currency_id")
    mpesa_balance = fields.Monetary(
        string="M-Pesa Balance", currency_field="mpesa_currency_id", readonly=True, copy=False,
        help="Of the account that clients pay to, when Safaricom was asked last.",
    )  # fmt: skip
    mpesa_balance_at = fields.Datetime(string="Balance On", readonly=True, copy=False)
    mpesa_balance_accounts = fields.Text(string="All Accounts", readonly=True, copy=False)
    mpesa_balance_message = fields.Char(
        string="Last Answer", readonly=True, copy=False, help="Why the balance is older than the last question."
    )

    # === COMPUTES === #

    def _compute_mpesa_currency_id(self):
        self.mpesa_currency_id = self.env.ref("base.KES")

    # === ACTIONS === #

    def action_mpesa_check_balance(self):
        """Button: ask Safaricom what the balance is. The answer comes a moment later.

        :return: a notification
        :raise UserError: without an initiator
        """
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can ask for the M-Pesa balance."))
        if self.code != "mpesa" or not self._mpesa_has_initiator():
            raise UserError(self.env["sire.mpesa.command"]._get_fault_words("setup"))
        if self.state == "disabled":
            raise UserError(self.env._("Enable the provider first."))
        self._mpesa_ask_balance()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": self.env._("Safaricom was asked. The balance appears here in a moment.")},
        }

    # === CRON === #

    @api.model
    def _cron_mpesa_balance(self):
        """Ask for the balance of each shortcode that has an initiator."""
        providers = self.search([("code", "=", "mpesa"), ("state", "!=", "disabled")])
        for provider in providers.filtered(lambda provider: provider._mpesa_has_initiator()):
            provider._mpesa_ask_balance()
        self.env["ir.cron"]._commit_progress(len(providers), remaining=0)

    # === BUSINESS === #

    def _mpesa_ask_balance(self):
        """Ask, unless a question is on its way.

        :return: the command
        """
        commands_sudo = self.env["sire.mpesa.command"].sudo()  # commands are written by the system alone
        live = [("provider_id", "=", self.id), ("kind", "=", "balance"), ("state", "in", commands_sudo._LIVE)]
        return commands_sudo.search(live, limit=1) or commands_sudo._queue(self, "balance", about=self.mpesa_shortcode)

    def _mpesa_take_balance(self, command, result):
        """Take Safaricom's answer. A number that is not sure is not shown.

        :param command: the question
        :param CommandResult result:
        """
        later = [("provider_id", "=", self.id), ("kind", "=", "balance"), ("state", "=", "done")]
        if self.env["sire.mpesa.command"].search_count([*later, ("id", ">", command.id)], limit=1):
            return  # an older answer that came late
        if result.code != "0":
            words = command._get_fault_words(result.code)
            self.mpesa_balance_message = f"{words} ({result.description})"
            return
        balances = parse_balances(result.parameters.get("AccountBalance"))
        main = MAIN_ACCOUNTS[self.mpesa_shortcode_type]
        if main not in balances:
            self.mpesa_balance_message = self.env._("Safaricom's answer has no sure balance of the “%s”.", main)
            return
        now, told = fields.Datetime.now(), parse_time(result.parameters.get("BOCompletedTime"))
        is_possible = told and fields.Datetime.subtract(command.create_date, hours=1) <= told <= now
        kes = self.mpesa_currency_id
        self.write(
            {
                "mpesa_balance": balances[main],
                "mpesa_balance_at": told if is_possible else now,
                "mpesa_balance_accounts": "\n".join(
                    f"{name}: {format_money(balances[name], kes)}" for name in balances
                ),
                "mpesa_balance_message": False,
            }
        )
