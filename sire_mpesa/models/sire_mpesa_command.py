from odoo import api, fields, models

from .. import const


class SireMpesaCommand(models.Model):
    """What we ask Safaricom to do or to tell, and what came of it: the answer is posted to us, later or never.

    A command is sent once. How, is in ``sire_mpesa_command_sending``; what is made of its result in ``…_answer``; what
    happens when none comes in ``…_job``. Written by the system alone.
    """

    _name = "sire.mpesa.command"
    _description = "Request to Safaricom"
    _order = "id desc"
    _rec_name = "about"
    _allow_sudo_commands = False
    _check_company_auto = True

    _LIVE = ("queued", "sending", "sent", "unknown")

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="restrict")
    provider_id = fields.Many2one(
        "payment.provider", string="Shortcode", required=True, readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [("status", "Status"), ("reversal", "Return"), ("balance", "Balance")],
        string="Request",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("queued", "To be sent"),
            ("sending", "Being sent"),
            ("sent", "Waiting for the result"),
            ("unknown", "Perhaps sent"),
            ("done", "Done"),
            ("failed", "Not done"),
            ("unanswered", "No answer"),
        ],
        default="queued",
        required=True,
        readonly=True,
        help="Perhaps sent: the answer to our request was lost. It is not sent again, because it may have been taken.",
    )
    about = fields.Char(required=True, readonly=True, help="The receipt, prompt or shortcode that it is about.")
    receipt_id = fields.Many2one(
        "sire.mpesa.receipt", readonly=True, index="btree_not_null", ondelete="restrict", check_company=True
    )
    transaction_id = fields.Many2one(
        "payment.transaction", string="Prompt or Refund", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    checked_id = fields.Many2one(
        "sire.mpesa.command",
        string="Asks about Request",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="A reversal without a result, about which this question is.",
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    token = fields.Char(required=True, readonly=True, groups="base.group_system")
    originator_conversation_id = fields.Char("Number of the Request", readonly=True)
    conversation_id = fields.Char("Number at Safaricom", readonly=True)
    is_adopted = fields.Boolean(
        "Numbers by Result", readonly=True, help="Our request had no answer: its numbers came with the result."
    )
    next_check_at = fields.Datetime("Next Look", readonly=True, help="When Safaricom is asked what became of it.")
    denials = fields.Integer(readonly=True, help="How often Safaricom said that it knows nothing of it.")
    timed_out_at = fields.Datetime("Given Up by Safaricom", readonly=True)
    answered_at = fields.Datetime("Answered", readonly=True)
    result_code = fields.Char("Result", readonly=True)
    result_description = fields.Char("Safaricom's Words", readonly=True)
    result_receipt = fields.Char("Number of the Reversal", readonly=True)
    result_body = fields.Text("Result as It Came", readonly=True, groups="base.group_system")
    fault = fields.Char("Needs a Look", readonly=True)

    _token_uniq = models.UniqueIndex("(token)", "An address is used once.")
    _conversation_uniq = models.UniqueIndex(
        "(conversation_id) WHERE conversation_id IS NOT NULL", "A conversation belongs to one request."
    )
    _one_reversal = models.UniqueIndex(
        "(receipt_id) WHERE kind = 'reversal' AND state IN ('queued', 'sending', 'sent', 'unknown')",
        "This payment is being returned already.",
    )
    _live_idx = models.Index("(state, next_check_at) WHERE state IN ('queued', 'sending', 'sent', 'unknown')")

    # === HELPERS === #

    def _get_fault_words(self, code):
        """:return: why a command was not done, one sentence for staff
        :rtype: str
        """
        return self.env._(const.COMMAND_FAULTS.get(code, const.OTHER_FAULT))

    def _get_asked_conversation(self):
        """:return: the conversation that a question is about: a reversal's, or a prompt's"""
        self.ensure_one()
        return self.checked_id.originator_conversation_id or self.transaction_id.mpesa_merchant_request_id

    @api.autovacuum
    def _gc_questions(self):
        """Forget old questions: what they found out is evidence of its receipt. Reversals stay."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=90)
        domain = [("kind", "!=", "reversal"), ("state", "not in", self._LIVE), ("create_date", "<", limit)]
        self.search(domain, limit=1000).unlink()
