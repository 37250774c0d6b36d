from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.sire_base.utils.eat import eat_today

from .. import gate

MAX_NAME = 100
MAX_REASON = 1000
MAX_DEVICE = 250


class SaleOrder(models.Model):
    """From sent to invoiced: the one gate through which a quotation changes its stage."""

    _inherit = "sale.order"

    # === APPROVAL ===#

    def _sire_approve(
        self,
        name,
        digest,
        remote_addr=None,
        user_agent=None,
        *,
        chosen=None,
        code=None,
        recorded_by=None,
        note=None,
        approved_at=None,
    ):
        """Approve the quotation and make its invoice, once, however often and from wherever it is called.

        :param str name: who approves, as typed
        :param str digest: `_sire_offer_digest` of what the client saw
        :param str remote_addr: address of the client
        :param str user_agent: browser of the client
        :param chosen: the optional lines that the client takes; none when not given
        :param str code: what the client typed of the e-mail, where the quotation asks for it
        :param res.users recorded_by: the member of staff who writes down an approval given in another way
        :param str note: how it was given then
        :param datetime.datetime approved_at: naive UTC; now when not given
        :return: the posted invoice; of a quotation approved before, its latest one, whatever state it is in by now;
            empty when its plan has none due with the approval
        :rtype: account.move
        :raise UserError: with a sentence that says why not, and what to do
        """
        self.ensure_one()
        self._sire_lock()
        # sudo: the client has no account, the link (or the caller's own check) is the permission
        order_sudo = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        if order_sudo.state == "sale":
            # Answered before. What became of the invoice since then is the firm's: nobody is billed by the link again.
            invoice_sudo = order_sudo._sire_get_latest_invoice() or order_sudo._sire_ensure_invoice()
            return invoice_sudo.with_env(self.env)
        at = approved_at or fields.Datetime.now()
        name = order_sudo._sire_clean_name(name)
        chosen_sudo = order_sudo.order_line.browse(chosen.ids if chosen else ())
        order_sudo._sire_check_answerable(digest, at, chosen_sudo)
        if order_sudo.sire_approval_code and not (recorded_by or approved_at):
            order_sudo.env["sire.client.code"]._check(order_sudo, code)
        order_sudo._sire_choose(chosen_sudo)
        gate.opened(order_sudo).write(
            {
                "signed_by": name,
                "signed_on": at,
                **order_sudo._sire_get_evidence(),
                "sire_approved_address": remote_addr,
                "sire_approved_device": (user_agent or "")[:MAX_DEVICE] or False,
                "sire_approved_user_id": recorded_by.id if recorded_by else False,
                "sire_approved_note": note,
            }
        )
        gate.opened(order_sudo).action_confirm()
        if approved_at:
            gate.opened(order_sudo).date_order = at
        # One message tells the manager of both, below: not "You have been assigned to the invoice" as well.
        quiet_sudo = order_sudo.with_context(mail_auto_subscribe_no_notify=True, mail_create_nolog=True)
        invoice_sudo = quiet_sudo._sire_ensure_invoice(eat_today(at)).with_env(order_sudo.env)
        order_sudo._sire_tell_manager(
            lambda env: (
                env._("Approved by %(name)s. Invoice %(invoice)s is ready.", name=name, invoice=invoice_sudo.name)
                if invoice_sudo
                else env._("Approved by %s. The first invoice comes with the first part of the plan.", name)
            ),
            author=recorded_by.partner_id if recorded_by else self.partner_id,
        )
        is_mailed = invoice_sudo and self.partner_id.email_normalized and not approved_at
        if not (is_mailed and order_sudo._sire_mail_invoice(invoice_sudo)):
            order_sudo._sire_wake_mail_queue()  # for the manager's; with the client's it is awake
        return invoice_sudo.with_env(self.env)

    def _sire_decline(self, reason, name=None):
        """Decline the quotation for its client.

        :param str reason: why, as typed
        :param str name: who declines, as typed
        :raise UserError: with a sentence that says why not
        """
        self.ensure_one()
        self._sire_lock()
        # sudo: the client has no account, the link is the permission
        order_sudo = self.with_user(SUPERUSER_ID).with_company(self.company_id)
        state = order_sudo._sire_client_state()
        if state == "declined":
            return
        if state == "approved":
            raise UserError(
                self.env._(
                    "%(order)s was approved on %(date)s and cannot be declined any more. Please talk to us.",
                    order=self.name,
                    date=format_date(self.env, order_sudo.signed_on or order_sudo.date_order),
                )
            )
        if state in ("cancelled", "draft", "superseded"):
            raise UserError(order_sudo._sire_refusal(state))
        reason = " ".join((reason or "").split())
        if not reason:
            raise UserError(self.env._("Please write in a few words why you decline: it helps us to do better."))
        gate.opened(order_sudo).write(
            {
                "sire_declined_at": fields.Datetime.now(),
                "sire_declined_by": (name or "").strip()[:MAX_NAME] or False,
                "sire_decline_reason": reason[:MAX_REASON],
            }
        )
        gate.opened(order_sudo)._action_cancel()
        order_sudo._sire_tell_manager(
            lambda env: env._("Declined by the client: %s", reason[:MAX_REASON]), author=self.partner_id
        )
        order_sudo._sire_wake_mail_queue()

    def _sire_mark_opened(self):
        """Remember when the client first opened the link."""
        # sudo: the client has no account, the link is the permission
        orders_sudo = self.sudo().filtered(lambda order: not order.sire_opened_at)
        gate.opened(orders_sudo).write({"sire_opened_at": fields.Datetime.now()})

    # === HELPERS ===#

    def _sire_mail_invoice(self, invoice):
        """E-mail the link of the invoice. A template that somebody broke does not undo the approval.

        :return: whether the e-mail is in the queue
        :rtype: bool
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                invoice._sire_send_document("sire_billing.mail_template_invoice")
        except UserError as error:
            self.message_post(body=self.env._("The invoice was not e-mailed: %s", error))
            return False
        return True

    def _sire_tell_manager(self, get_body, author):
        """Post what the client did, in the manager's language, and notify the manager. The caller wakes the mail queue.

        :param get_body: function from an environment to the translated text
        :param author: the partner who did it
        """
        self.ensure_one()
        order = self.with_context(lang=self.user_id.lang or self.company_id.partner_id.lang)
        partners = self.user_id.partner_id.ids  # by the queue: the client does not wait until the e-mail has left
        order.message_post(body=get_body(order.env), author_id=author.id, partner_ids=partners, force_send=False)

    def _sire_clean_name(self, name):
        name = " ".join((name or "").split())
        if len(name) < 2 or not any(char.isalpha() for char in name):
            raise UserError(self.env._("Please type your name, so that we know who approves."))
        return name[:MAX_NAME]

    def _sire_check_answerable(self, digest, at, chosen):
        """:raise UserError: when this content cannot be approved at this moment (naive UTC)."""
        state = self._sire_client_state()
        if state in ("open", "expired"):  # judged at the moment given, which need not be now
            expired = self.validity_date and self.validity_date < eat_today(at)
            state = "expired" if expired else "open"
        if state in ("open", "expired") and digest != self._sire_offer_digest(chosen):
            state = "changed"
        if state != "open":
            raise UserError(self._sire_refusal(state))

    def _sire_refusal(self, state):
        """:return: one sentence for the client: why the quotation cannot be approved, and what to do."""
        values = {"order": self.name, "company": self.company_id.name}
        if state == "expired":
            values["date"] = format_date(self.env, self.validity_date)
            return self.env._(
                "Quotation %(order)s was valid until %(date)s and has expired. Ask %(company)s for a new one.", **values
            )
        if state == "changed":
            return self.env._(
                "Quotation %(order)s was changed after it was sent to you. Wait for the new e-mail from %(company)s, or ask"
                " for it.",
                **values,
            )
        if state == "superseded":
            return self.env._(
                "%(order)s was replaced by a newer version. Open the newest message from %(company)s, or ask for it.",
                **values,
            )
        if state == "declined":
            return self.env._(
                "Quotation %(order)s was declined. Ask %(company)s for a new one if you changed your mind.", **values
            )
        if state == "cancelled":
            return self.env._("Quotation %(order)s was cancelled. Ask %(company)s what replaces it.", **values)
        return self.env._("Quotation %(order)s has not been sent yet. Ask %(company)s to send it.", **values)
