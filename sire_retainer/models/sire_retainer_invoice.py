import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from odoo.addons.sire_base.utils.eat import eat_today
from odoo.addons.sire_base.utils.gate import without_defaults
from odoo.addons.sire_billing import gate
from odoo.addons.sire_mpesa.tools import own_transaction

_logger = logging.getLogger(__name__)


class SireRetainer(models.Model):
    """From a period that has begun to its one invoice."""

    _inherit = "sire.retainer"

    # === ACTIONS === #

    def action_start(self):
        """Button: from now on each period that has begun is invoiced, those since the first day too.

        :raise UserError: when there is nothing to invoice
        """
        self.check_access("write")
        for retainer in self._sire_lock():
            if retainer.state == "running":
                continue  # the second click
            if not retainer.line_ids or retainer.currency_id.is_zero(retainer.amount):
                raise UserError(self.env._("%s has no line with a price: write what is to be invoiced.", retainer.name))
            if not retainer._sire_get_period():
                raise UserError(self.env._("%s ended: write a later last day, or none.", retainer.name))
            if reason := retainer._sire_get_end():
                raise UserError(reason)
            gate.opened(retainer).write({"state": "running", "ended_reason": False, "notice_given": False})
        # sudo: nobody but administrators touches schedules
        self.env.ref("sire_retainer.ir_cron_invoice").sudo()._trigger()
        return True

    def action_end(self):
        """Button: no further period is invoiced."""
        self.check_access("write")
        for retainer in self._sire_lock():
            if retainer.state == "running":
                retainer._sire_end(self.env._("Ended by %s", self.env.user.name))
        return True

    def action_invoice(self):
        """Button: invoice the periods that have begun now, and do not wait for the job."""
        self.ensure_one()
        self.check_access("write")
        moves = self.env["account.move"]
        while move := self._sire_invoice_next():
            moves |= move
        if not moves:
            raise UserError(self._sire_say_nothing_due())
        for move in moves:
            self._sire_send(move)
        return self._sire_open_invoices(moves)

    def action_open_invoices(self):
        self.ensure_one()
        return self._sire_open_invoices(self.period_ids.move_id)

    def _sire_open_invoices(self, moves):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }
        if len(moves) == 1:
            action.update(res_id=moves.id, views=[(False, "form")])
        return action

    # === BUSINESS === #

    def _sire_invoice_next(self, today=None):
        """Make the invoice of the next period, if it has begun; the row is locked, and read again under the lock.

        :param datetime.date today: in Nairobi
        :return: the invoice, posted where the retainer says so; none when nothing is due
        :rtype: account.move
        """
        self.ensure_one()
        today = today or eat_today()
        self._sire_lock()
        self.invalidate_recordset()
        # sudo: who may invoice the retainer was checked before; books and client are read as the system, and nothing is filled
        # in by defaults of the caller
        retainer_sudo = without_defaults(self.with_user(SUPERUSER_ID)).with_company(self.company_id)
        period = retainer_sudo._sire_get_period() if retainer_sudo.state == "running" else None
        if not period or period.date_from > today:
            return self.env["account.move"]
        if reason := retainer_sudo._sire_get_end():
            retainer_sudo._sire_end(reason)
            return self.env["account.move"]
        move_sudo = (
            self.env["account.move"].with_env(retainer_sudo.env).create(retainer_sudo._sire_prepare_invoice(period))
        )
        self.env["sire.retainer.period"].with_env(retainer_sudo.env).create(
            {
                "retainer_id": self.id,
                "number": retainer_sudo.period_count,
                "date_from": period.date_from,
                "date_to": period.date_to,
                "move_id": move_sudo.id,
            }
        )
        gate.opened(retainer_sudo).write({"period_count": retainer_sudo.period_count + 1})
        if retainer_sudo.auto_post:
            move_sudo.invoice_date = today
            move_sudo.action_post()
        if not retainer_sudo._sire_get_period():
            retainer_sudo._sire_end(self.env._("The last period is invoiced."))
        self.env.flush_all()
        return move_sudo.with_env(self.env)

    def _sire_prepare_invoice(self, period):
        self.ensure_one()
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_user_id": self.user_id.id,
            "invoice_origin": self.name,
            "invoice_line_ids": [line._sire_prepare_invoice_line(period) for line in self.line_ids],
        }

    def _sire_describe(self, period):
        """:return: what stands under the text of each line, in the client's language"""
        here = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return here.env._(
            "%(start)s to %(end)s", start=f"{period.date_from:%d/%m/%Y}", end=f"{period.date_to:%d/%m/%Y}"
        )

    def _sire_send(self, move):
        """E-mail an invoice of this retainer, where that is wanted. What cannot leave is said, and the invoice stays."""
        self.ensure_one()
        if not (self.auto_send and move.state == "posted"):
            return
        move_sudo = move.sudo()  # who may invoice the retainer may let the client know of it
        try:
            with self.env.cr.savepoint():
                move_sudo.action_sire_send()
        except UserError as error:
            move_sudo.message_post(body=self.env._("Not sent to the client. %s", error))

    def _sire_get_end(self):
        """:return: why no period is invoiced any more, a sentence; empty when they are
        :rtype: str
        """
        self.ensure_one()
        if not self.partner_id.active:
            return self.env._("The client %s is archived.", self.partner_id.name)
        if self.project_id and (self.project_id.sire_status == "finished" or not self.project_id.active):
            return self.env._("The project %s is finished.", self.project_id.name)
        return ""

    def _sire_end(self, reason):
        self.ensure_one()
        gate.opened(self).write({"state": "ended", "ended_reason": reason})
        self.message_post(body=reason, author_id=self.env.user.partner_id.id)

    def _sire_say_nothing_due(self):
        if self.state == "running" and self.next_date:
            return self.env._("Nothing is due: the next period of %(name)s begins on %(day)s.",
                              name=self.name, day=f"{self.next_date:%d/%m/%Y}")  # fmt: skip
        return self.ended_reason or self.env._("%s is not running.", self.name)

    # === BY ITSELF === #

    @api.model
    def _cron_invoice(self):
        """Invoice each period that has begun and say which retainers end soon. Each period is a transaction of its own: after
        a crash the next run goes on where it was."""
        today = eat_today()
        due = self.search([("state", "=", "running"), ("next_date", "<=", today)])
        left = len(due)
        for retainer in due:
            try:
                while own_transaction.run(self.env.registry, self._name, retainer.id, _invoice_one):
                    pass
            except Exception:
                _logger.exception("Retainer %s: a period was not invoiced", retainer.id)
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return
        self._sire_give_notice(today)

    @api.model
    def _sire_give_notice(self, today):
        """A to-do for whoever looks after a retainer that ends soon, once."""
        running = self.search(
            [
                ("state", "=", "running"),
                ("notice_given", "=", False),
                ("date_end", "!=", False),
                ("notice_days", ">", 0),
            ]
        )
        for retainer in running:
            if retainer.date_end - timedelta(days=retainer.notice_days) <= today:
                try:
                    with self.env.cr.savepoint():
                        retainer._sire_tell_of_end(today)
                except UserError:  # nobody else waits for it
                    _logger.exception("Retainer %s: nobody was told that it ends", retainer.id)

    def _sire_tell_of_end(self, today):
        """A to-do for the responsible, or for who made it where that person has left; it stands on the retainer for all."""
        gate.opened(self).write({"notice_given": True})
        people = (self.user_id | self.create_uid).filtered(
            lambda user: user.active and not user.share and self.with_user(user).has_access("read")
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=today,
            summary=self.env._("Ends on %s: renew it?", f"{self.date_end:%d/%m/%Y}"),
            user_id=(people[:1] or self.env.user).id,
        )


def _invoice_one(retainer):
    """:return: whether there was a period to invoice: with its mail it is one transaction"""
    move = retainer._sire_invoice_next()
    if move:
        retainer._sire_send(move)
    return bool(move)
