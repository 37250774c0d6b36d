import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.eat import utc_to_eat
from odoo.addons.sire_base.utils.phone import is_mobile, parse_kenyan_phone

from ..tools import daraja_client, own_transaction
from ..utils import parse_pull_row, to_text

_logger = logging.getLogger(__name__)

REACH = timedelta(hours=48)  # Safaricom keeps the list that long
OVERLAP = timedelta(hours=2)  # what was paid before the last look can appear after it
PAGES = 50


class PaymentProvider(models.Model):
    """What nobody reported: Safaricom's own list of the last two days, compared with the ledger."""

    _inherit = "payment.provider"

    mpesa_pull_phone = fields.Char(
        string="Nominated Number", copy=False, help="The mobile number that Safaricom knows for this shortcode's list."
    )
    mpesa_pull_registered_at = fields.Datetime(string="List Registered", readonly=True, copy=False)
    mpesa_pull_at = fields.Datetime(
        string="List Fetched", readonly=True, copy=False, help="Payments until then were compared with the ledger."
    )
    mpesa_pull_message = fields.Char(string="Answer about the List", readonly=True, copy=False)
    mpesa_alert_user_id = fields.Many2one(
        "res.users",
        string="Looks After M-Pesa",
        domain=[("share", "=", False)],
        help="Gets a to-do when payments wait for their client for more than a day, the balance differs from the books, or"
        " Safaricom cannot be asked. Empty: the first accountant, and the first administrator for what is technical.",
    )

    # === ACTIONS === #

    def action_mpesa_register_pull(self):
        """Button: ask Safaricom to keep the list of this shortcode's payments for us."""
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can register addresses at Safaricom."))
        try:
            phone = parse_kenyan_phone(self.mpesa_pull_phone or "")
        except ValueError as error:
            raise UserError(str(error)) from None
        if not is_mobile(phone):
            raise UserError(self.env._("The nominated number is a mobile number, such as 0712 345 678."))
        reply = self._mpesa_get_client().ask(
            daraja_client.PULL_REGISTER_PATH,
            {
                "ShortCode": int(self.mpesa_shortcode),
                "RequestType": "Pull",
                "NominatedNumber": phone.lstrip("+"),
                "CallBackURL": self._mpesa_get_c2b_addresses()["confirm"],
            },
        )
        is_registered = reply.status == 200 and to_text(reply.data.get("ResponseStatus")) in ("1000", "1001")
        values = {"mpesa_pull_message": reply.get_words()}
        if is_registered:
            values["mpesa_pull_registered_at"] = self.mpesa_pull_registered_at or fields.Datetime.now()
        self.write(values)

    def action_mpesa_pull(self):
        """Button: fetch the list now."""
        self.ensure_one()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator can fetch Safaricom's list."))
        cron_sudo = self.env.ref("sire_mpesa.ir_cron_mpesa_pull").sudo()  # the administrator's button, the job's work
        cron_sudo._trigger()

    # === CRON === #

    @api.model
    def _cron_mpesa_pull(self):
        """Compare Safaricom's lists with the ledger, payment by payment, each in a transaction of its own."""
        domain = [("code", "=", "mpesa"), ("state", "!=", "disabled"), ("mpesa_pull_registered_at", "!=", False)]
        providers = self.search(domain)
        for provider in providers:
            try:
                provider._mpesa_pull()
            except Exception:
                _logger.exception("The list of payments of provider %s could not be fetched", provider.id)
        self.env["ir.cron"]._commit_progress(len(providers), remaining=0)

    # === BUSINESS === #

    def _mpesa_pull(self):
        """Fetch the list since the last time, two days at most, and take what it says as evidence.

        :return: how many payments it named
        :rtype: int
        """
        self.ensure_one()
        now = fields.Datetime.now()
        since = max(now - REACH, (self.mpesa_pull_at or now - REACH) - OVERLAP)
        client, count = self._mpesa_get_client(), 0
        for _page in range(PAGES):
            reply = client.ask(
                daraja_client.PULL_QUERY_PATH,
                {
                    "ShortCode": int(self.mpesa_shortcode),
                    "StartDate": f"{utc_to_eat(since):%Y-%m-%d %H:%M:%S}",
                    "EndDate": f"{utc_to_eat(now):%Y-%m-%d %H:%M:%S}",
                    "OffSetValue": str(count),
                },
            )
            code = to_text(reply.data.get("ResponseCode"))
            if reply.status != 200 or code not in ("1000", "1001"):
                self._mpesa_note_pull({"mpesa_pull_message": reply.get_words()})
                return count  # the next look starts where this one started
            rows = _flatten(reply.data.get("Response")) if code == "1000" else []
            for row in rows:
                self._mpesa_take_row(row)
            count += len(rows)
            if not rows:
                break
        words = self.env._("%s payments on the list", count)
        self._mpesa_note_pull({"mpesa_pull_at": now, "mpesa_pull_message": words})
        return count

    def _mpesa_note_pull(self, values):
        """Write down how the look at the list ended, and commit it."""
        own_transaction.run(self.env.registry, self._name, self.id, lambda provider: provider.write(values))

    def _mpesa_take_row(self, row):
        """Take one payment of the list; the others must not suffer from what is wrong with it."""
        try:
            sighting = parse_pull_row(row)
            own_transaction.run(
                self.env.registry, self._name, self.id, lambda provider: provider._mpesa_take_sighting(sighting)
            )
        except ValueError:
            _logger.warning("Safaricom's list of provider %s has a row that cannot be read", self.id)
        except Exception:
            _logger.exception("A payment of Safaricom's list of provider %s could not be taken", self.id)

    def _mpesa_take_sighting(self, sighting):
        """Take a report of the list or a statement, unless the ledger has the very same already."""
        receipts = self.env["sire.mpesa.receipt"]
        known = receipts._find(self.company_id, sighting.number)
        if sighting.source not in known.evidence_ids.mapped("source"):
            receipts._take(self, sighting)


def _flatten(response):
    """:return: the payments, which Safaricom puts into a list in a list
    :rtype: list
    """
    rows = []
    for part in response if isinstance(response, list) else []:
        rows += part if isinstance(part, list) else [part]
    return rows
