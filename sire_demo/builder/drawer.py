"""The cash drawer: counted on the last working day with a little missing, open again today."""

from odoo.addons.sire_billing import gate

from .common import date_messages, day, moment, workday

CHANGE = 5000  # what the drawer began with
MISSING = 200
TO_THE_BANK = 30000
BEFORE, AFTER = -1, 99  # of what else happens on a day


def events_of(env, staff):
    """Return what the accountant does with the drawer, as (day, order within the day, function).

    The methods write the moment of the demo's installation; what happened on the last working day is dated then.

    :param dict staff: users by login
    """
    journal = env["account.journal"].search([("type", "=", "cash"), ("company_id", "=", env.company.id)], limit=1)
    sessions = env["sire.cashier.session"].with_user(staff["accountant"])
    offset = workday(-1)
    made = {}

    def begin():
        made["session"] = session = sessions.browse(sessions.action_sire_open(journal.id, CHANGE))
        gate.opened(session.sudo()).write({"opened_at": moment(offset, 7, 50), "day": day(offset)})

    def count():
        session = made["session"]
        received = sum(session.sudo().payment_ids.mapped("amount"))
        session.action_sire_count(CHANGE + received - MISSING)
        gate.opened(session.sudo()).counted_at = moment(offset, 17, 10)
        date_messages(session.sudo(), moment(offset, 17, 10))

    def go_on():
        session = made["session"]
        session.with_user(staff["admin"]).action_sire_sign_off("A note of 200 is missing, nobody knows why")
        today = sessions.browse(sessions.action_sire_open(journal.id, session.count))
        # rows are stamped with the moment at which the whole story began to be written
        gate.opened(today.sudo()).opened_at = env.cr.now()
        today.action_sire_cash_out(TO_THE_BANK, "To the bank")

    return [(-1, BEFORE, begin), (-1, AFTER, count), (0, AFTER, go_on)]
