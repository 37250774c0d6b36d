from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import gate

REVISABLE = ("sent", "viewed", "expired", "declined")


class SaleOrder(models.Model):
    """Revisions: what was sent stays as it was sent, and the next version is a quotation of its own."""

    _inherit = "sale.order"

    sire_previous_id = fields.Many2one(
        "sale.order", string="Revision Of", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    sire_next_ids = fields.One2many("sale.order", "sire_previous_id", string="Next Revision", readonly=True, copy=False)
    sire_next_id = fields.Many2one("sale.order", string="Replaced By", compute="_compute_sire_next_id")
    sire_version = fields.Integer(string="Version", compute="_compute_sire_version", recursive=True)
    sire_superseded_at = fields.Datetime(string="Superseded On", readonly=True, copy=False)

    _sire_previous_unique = models.UniqueIndex(
        "(sire_previous_id) WHERE sire_previous_id IS NOT NULL", "This quotation has a newer revision already."
    )

    # === COMPUTES ===#

    @api.depends("sire_next_ids")
    def _compute_sire_next_id(self):
        for order in self:
            order.sire_next_id = order.sire_next_ids[:1]

    @api.depends("sire_previous_id.sire_version")
    def _compute_sire_version(self):
        for order in self:
            order.sire_version = order.sire_previous_id.sire_version + 1

    # === CRUD ===#

    def unlink(self):
        """Override of `sale`: a revision that is deleted as a draft gives its predecessor back to the client."""
        previous = self.sire_previous_id - self
        result = super().unlink()
        previous._sire_revive()
        return result

    def _action_cancel(self):
        """Override of `sale`: a revision that is cancelled before anybody saw it never was; its predecessor counts."""
        result = super()._action_cancel()
        for order in self.filtered(lambda order: not order.sire_sent_at and not order.sire_sending_ids):
            order.sire_previous_id._sire_revive()
        return result

    def action_draft(self):
        """Override of `sale`: a revision that is taken up again replaces its predecessor again."""
        for order in self.filtered(lambda order: order.state == "cancel"):
            order.sire_previous_id._sire_supersede(order)
        return super().action_draft()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_revised(self):
        for order in self:
            if order.sire_superseded_at and not gate.is_open(self.env):
                raise UserError(self.env._("%s was replaced by a newer revision and is kept.", order.name))
            if order.sire_previous_id and order.sire_sent_at and not gate.is_open(self.env):
                raise UserError(self.env._("%s was sent as a revision and is kept. Cancel it instead.", order.name))

    # === ACTIONS ===#

    def action_sire_revise(self):
        """Freeze this version as it was sent and open the next one, a draft with the same lines.

        Pressed twice, by one or by two, there is one next version: the second press opens it.

        :return: the action that opens the next version
        :raise UserError: with a sentence, when this one cannot be revised
        """
        self.ensure_one()
        self.check_access("write")
        self.check_access("read")
        self.browse().check_access("create")
        self._sire_lock()
        if self.sire_superseded_at and self.sire_next_ids:
            return self.sire_next_ids._sire_form_action()
        self._sire_check_revisable()
        revision = self.sire_next_ids  # one that was cancelled before it was sent
        if revision:
            revision.action_draft()
            return revision._sire_form_action()
        # the gate: its name and its place in the row are the system's
        revision = gate.opened(self).copy(self._sire_prepare_revision()).with_env(self.env)
        lines = dict(zip(self.order_line.sorted(), revision.order_line.sorted(), strict=True))
        for line, copied in lines.items():
            gate.opened(copied).write(line._sire_prepare_revision())
        self._sire_supersede(revision)
        self._sire_hand_work_to(lines)
        return revision._sire_form_action()

    # === BUSINESS ===#

    def _sire_supersede(self, revision):
        """Freeze this version: its client reads that a newer one is being prepared, later where it is.

        :raise UserError: when it cannot be replaced any more
        """
        self._sire_lock()
        for order in self.filtered(lambda order: not order.sire_superseded_at):
            order._sire_check_revisable()
            order_sudo = gate.opened(order.sudo())  # sudo: to supersede is not to void; who may revise may do it
            order_sudo.write({"state": "cancel", "sire_superseded_at": fields.Datetime.now()})
            order_sudo.message_post(
                body=self.env._("Being replaced by %s.", revision.name), author_id=self.env.user.partner_id.id
            )

    def _sire_revive(self):
        """Let this version count again: what was to replace it never left the house."""
        self._sire_lock()
        for order_sudo in gate.opened(self.sudo()):  # sudo: as above
            if order_sudo.sire_superseded_at:
                state = {} if order_sudo.sire_declined_at else {"state": "sent"}
                order_sudo.write({"sire_superseded_at": False, **state})
                order_sudo.message_post(
                    body=self.env._("Its revision was dropped: this version counts again."),
                    author_id=self.env.user.partner_id.id,
                )

    def _sire_check_revisable(self):
        """:raise UserError: when there is no version that a client has, or he has agreed to it"""
        self.ensure_one()
        state = self.sire_state
        if state in REVISABLE and self.sire_sent_at:
            return
        values = {"order": self.name, "name": self.signed_by or self.partner_id.display_name}
        sentences = {
            "draft": self.env._("%(order)s was not sent yet: change it as it is.", **values),
            "approved": self.env._(
                "%(order)s was approved by %(name)s and stays as approved. Make a new quotation for what is to change.",
                **values,
            ),
            "superseded": self.env._("%(order)s has a newer revision: revise that one.", **values),
        }
        raise UserError(sentences.get(state) or self.env._("%(order)s was cancelled: make a new quotation.", **values))

    def _sire_prepare_revision(self):
        """:return: what the next version has beside what the host copies"""
        self.ensure_one()
        root = self
        while root.sire_previous_id:
            root = root.sire_previous_id
        return {
            "name": f"{root.name}/{self.sire_version + 1}",
            "sire_previous_id": self.id,
            "project_id": self.project_id.id,
            "user_id": self.user_id.id,
            "order_line": [Command.create(values) for values in self.order_line.sorted().copy_data()],
        }

    def _sire_get_newer(self):
        """:return: what stands for a superseded version now: the latest that was sent, else the latest"""
        self.ensure_one()
        newest = self.browse()
        latest_sent = self.browse()
        order = self
        while order.sire_next_ids:
            order = newest = order.sire_next_ids
            if order.sire_sent_at:
                latest_sent = order
        return latest_sent or newest

    def _sire_get_newer_link(self):
        """Return the client's link to what replaces this version, when the client may follow it.

        None is made here, and there is none to another client's quotation.

        :rtype: sire.client.link
        """
        self.ensure_one()
        newer_sudo = self.sudo()._sire_get_newer()  # sudo: whoever has the link of the old version is its client
        same = newer_sudo.partner_id.commercial_partner_id == self.sudo().partner_id.commercial_partner_id
        if not newer_sudo.sire_sent_at or not same:
            return self.env["sire.client.link"]
        return newer_sudo._sire_find_client_link()
