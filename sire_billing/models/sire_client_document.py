from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sire_base.utils.gate import given
from odoo.addons.sire_payment.utils import format_money

from .. import gate

# Whoever has a link can approve and pay.
LINK_GROUPS = ("sire_access.group_project_manager", "sire_access.group_accountant")
SENT_FIELDS = frozenset({"sire_sent_at", "sire_sent_to", "sire_sent_message_id"})


class SireClientDocument(models.AbstractModel):
    """A document that a client receives. The one seam for messages to clients: `sire_comms` takes it over."""

    _name = "sire.client.document"
    _description = "Document for a client"

    sire_client_url = fields.Char(
        string="Client Link",
        compute="_compute_sire_client_url",
        groups=",".join(LINK_GROUPS),
        help="Whoever has it can approve and pay.",
    )
    sire_sent_at = fields.Datetime(string="Sent On", readonly=True, copy=False)
    sire_sent_to = fields.Char(string="Sent To", readonly=True, copy=False)
    sire_sent_message_id = fields.Many2one(
        "mail.message", string="Message Sent", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    sire_delivery = fields.Selection(
        selection=[("queued", "Leaving"), ("handed", "E-mailed"), ("failed", "Not sent")],
        string="Delivery",
        compute="_compute_sire_delivery",
    )

    # === CRUD ===#

    @api.model_create_multi
    def create(self, vals_list):
        self._sire_check_sent_gate(given(self, vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._sire_check_sent_gate(vals.keys())
        return super().write(vals)

    def _sire_check_sent_gate(self, names):
        if SENT_FIELDS & names and not gate.is_open(self.env):
            raise UserError(self.env._("What was sent is not written by hand: send the document."))

    # === COMPUTES ===#

    @api.depends("sire_sent_message_id")
    def _compute_sire_delivery(self):
        for record in self:
            # sudo: whoever reads the document may know whether it left, not read the mail queue
            statuses = set(record.sudo().sire_sent_message_id.notification_ids.mapped("notification_status"))
            if not statuses:
                record.sire_delivery = False
            elif statuses & {"bounce", "exception", "canceled"}:
                record.sire_delivery = "failed"
            else:
                record.sire_delivery = "queued" if "ready" in statuses else "handed"

    @api.depends_context("uid")
    def _compute_sire_client_url(self):
        for record in self:
            # sudo: the link is shown to whoever may read the document
            link_sudo = record.sudo()._sire_find_client_link()
            is_good = link_sudo._is_open() and not link_sudo.order_id._sire_is_link_over()  # nobody copies a dead one
            record.sire_client_url = link_sudo._get_url() if is_good else False

    def _sire_money(self, amount):
        """:return: an amount in the currency of this document as people write it, such as "KSh 98,600" """
        return format_money(amount, self.currency_id)

    def _sire_find_client_link(self):
        """:return: the client's link to this document, if there is one (nothing is created). For superuser mode."""
        self.ensure_one()
        field = {"sale.order": "order_id", "account.move": "invoice_id"}.get(self._name)
        links = self.env["sire.client.link"]
        return links._find_live(field, self._origin) if field and self.id else links

    def _sire_get_client_url(self):
        """:return: the address of the client's page for this document; the link is made when there is none."""
        self.ensure_one()
        # sudo: links are made for clients, nobody edits them
        return self.sudo().env["sire.client.link"]._for(self.sudo())._get_url()

    # === THE LINK ===#

    def action_sire_stop_link(self):
        """Stop the client's link: whoever has it reads that it does not open, and whom to ask.

        :raise UserError: when there is none
        """
        for record in self:
            record._sire_check_may_give_link()
            # sudo: checked above; links have no editor
            link_sudo = record.sudo()._sire_find_client_link()
            if not link_sudo:
                raise UserError(self.env._("%s has no link that could be stopped.", record.display_name))
            link_sudo._revoke()
            record.sudo().message_post(  # sudo: an accountant only reads quotations
                body=self.env._("The client's link was stopped."), author_id=self.env.user.partner_id.id
            )
        return True

    def action_sire_new_link(self):
        """Stop the client's link, and make a new one to give to the client."""
        for record in self:
            record._sire_check_may_give_link()
            record._sire_check_link_opens()
            record.sudo()._sire_find_client_link()._revoke()  # sudo: as above
            record.env.flush_all()
            record._sire_get_client_url()
            record.sudo().message_post(  # sudo: as above
                body=self.env._("The client has a new link; the one before does not open any more."),
                author_id=self.env.user.partner_id.id,
            )
        return True

    def _sire_check_may_give_link(self):
        """:raise AccessError: when the user is neither manager nor accountant, or may not read the document."""
        self.check_access("read")
        send = "quotation.send" if self._name == "sale.order" else "invoice.send"
        ticked = (self.env.user._sire_ticks() or {}).get(send)
        if not (self.env.su or ticked or any(self.env.user.has_group(group) for group in LINK_GROUPS)):
            raise AccessError(self.env._("Only project managers and accountants give links to clients."))

    def _sire_check_link_opens(self):
        """A hook.

        :raise UserError: when no link to this document opens, not a new one either
        """

    def _sire_send_document(self, template_xmlid, attachments=None):
        """Send this document to its client and remember when, to whom and which files (`sire.client.sending`).

        The message waits in the host's mail queue; when it cannot leave, the chatter and `sire_delivery` show it.

        :param str template_xmlid: mail template of this model: subject and body, in the client's language
        :param list attachments: (file name, bytes) pairs
        :return: the message in the chatter
        :rtype: mail.message
        :raise UserError: when the client has no e-mail address
        """
        self.ensure_one()
        client = self.partner_id
        if not client.email_normalized:
            raise UserError(self.env._("%s has no e-mail address: write it on the client first.", client.display_name))
        # sudo: the template is the firm's, the sender need not be allowed to edit templates
        template_sudo = self.env.ref(template_xmlid).sudo()
        lang = client.lang or self.env.lang
        record_sudo = self.sudo().with_context(lang=lang, mail_post_autofollow=False)
        template_sudo = template_sudo.with_context(lang=lang)
        company = self.company_id or self.env.company
        client.flush_recordset(["lang"])  # the host reads the recipient's language past the ORM
        message = record_sudo.with_company(company).message_post(
            subject=template_sudo._render_field("subject", self.ids)[self.id],
            body=template_sudo._render_field("body_html", self.ids)[self.id],
            partner_ids=client.ids,
            attachments=attachments or [],
            author_id=self.env.user.partner_id.id,
            email_from=company.email_formatted or self.env.user.email_formatted,
            reply_to=self.env.user.email_formatted or company.email_formatted,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            email_layout_xmlid="sire_billing.mail_layout_client",
            force_send=False,
        )
        gate.opened(self.sudo()).write(  # sudo: what was sent is written by the system alone
            {
                "sire_sent_at": fields.Datetime.now(),
                "sire_sent_to": client.email_normalized,
                "sire_sent_message_id": message.id,
            }
        )
        self.env["sire.client.sending"]._log(self, client, message, attachments)
        self._sire_wake_mail_queue()
        return message

    @api.model
    def _sire_wake_mail_queue(self):
        """Have the host's mail queue run after the commit. Once a request is enough: each time costs a connection."""
        # sudo: waking it is the system's business
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _sire_render_report(self, report_xmlid, file_name):
        """This document as the host prints it, in the client's language.

        :return: [(file name, bytes)], or nothing when this machine has no PDF engine: the link shows the document
        :rtype: list
        """
        self.ensure_one()
        # sudo: the report reads taxes and bank accounts that whoever sends it need not read
        report_sudo = self.env["ir.actions.report"].sudo().with_context(lang=self.partner_id.lang or self.env.lang)
        if report_sudo.get_wkhtmltopdf_state() not in ("ok", "upgrade"):
            self.sudo().message_post(body=self.env._("Sent without PDF: this server has no PDF engine."))
            return []
        content, _type = report_sudo._render_qweb_pdf(report_xmlid, self.ids)
        return [(file_name, content)]
