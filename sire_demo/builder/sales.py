"""Quotations, what clients answered, invoices and payments."""

import zlib

from odoo.addons.sire_billing import gate

from . import payments, projects
from .common import day, moment, workday


def build(env, project, story, staff):
    """Write the phases of one project: tasks, quotation, answer, invoice, payments.

    :param project: the project
    :param Project story: its story
    :param dict staff: users by login
    """
    for phase in sorted(story.phases, key=lambda one: one.quote.day if one.quote else 0):
        projects.add_tasks(env, project, story, phase, staff)
        if phase.quote:
            quote(env, project, phase.quote, staff)
    if story.finished:
        project.with_user(staff["manager"])._sire_set_status("finished")


def quote(env, project, story, staff):
    """Make a quotation from the tasks that nobody has quoted, and let happen what the story says.

    :return: the quotation
    :rtype: sale.order
    """
    action = project.with_user(staff["manager"]).action_sire_new_quotation()
    order = env["sale.order"].browse(action.get("res_id") or action["params"]["next"]["res_id"])
    written = moment(workday(story.day), 9, 20)
    order.write(
        {"date_order": written, "validity_date": day(story.day + story.valid_days), "user_id": staff["manager"].id}
    )
    if story.outcome == "draft":
        return order
    _mark_sent(order, workday(story.day))
    contact = order.partner_id.child_ids[:1].name or order.partner_id.name
    if story.outcome == "approved":
        at = moment(workday(story.decided), 11, 45)
        invoice = order._sire_approve(
            contact,
            order._sire_digest(),
            remote_addr="192.0.2.17",
            user_agent="Mozilla/5.0 (Linux; Android 14)",
            approved_at=at,
        )
        for number, payment in enumerate(story.payments):
            payments.pay(env, invoice, payment, staff, seed=zlib.crc32(f"{order.name}/{number}".encode()))
    elif story.outcome == "declined":
        order._sire_decline(story.reason, name=contact)
        gate.opened(order).sire_declined_at = moment(workday(story.decided), 16, 10)
    return order


def _mark_sent(order, offset):
    """Let the quotation have been sent, and opened by the client two hours later, on a past day. No e-mail leaves."""
    gate.opened(order).write(
        {
            "state": "sent",
            "sire_sent_at": moment(offset, 9, 40),
            "sire_sent_to": order.partner_id.email_normalized,
            "sire_sent_digest": order._sire_digest(),
            "sire_opened_at": moment(offset, 11, 40),
        }
    )
    order._sire_get_client_url()
