"""Quotations, what clients answered, invoices and payments."""

import zlib

from odoo.addons.sire_billing import gate

from . import drawer, payments, plans, projects
from .common import date_messages, day, hour_of, workday


def build(env, made, staff):
    """Let the year happen in its order, so that invoices and receipts are numbered as the days went by.

    :param list made: pairs of project and story
    :param dict staff: users by login
    """
    events = []
    for project, story in made:
        for phase in story.phases:
            events += _events_of(env, project, story, phase, staff)
    events += drawer.events_of(env, staff)
    for _day, _order, happen in sorted(events, key=lambda event: event[:2]):
        happen()
    for project, story in made:
        if story.finished:
            project.with_user(staff["manager"])._sire_set_status("finished")


def _events_of(env, project, story, phase, staff):
    """Return what happens in one phase, as (day, order within the day, function)."""
    made = {}

    def write():
        projects.add_tasks(env, project, story, phase, staff)
        if phase.quote:
            made["order"] = _write_quotation(env, project, phase.quote, staff)

    def answer():
        made["invoice"] = _answer(made["order"], phase.quote)
        at = made["order"].signed_on or made["order"].sire_declined_at
        for record in filter(None, (made["order"], made["invoice"])):
            date_messages(record, at)

    def revise():
        made["order"] = _revise(made["order"], phase.quote.revised, staff)

    def pay(number, payment):
        seed = zlib.crc32(f"{made['order'].name}/{number}".encode())
        payments.pay(env, made["invoice"], payment, staff, seed)

    if not phase.quote:
        return [(0, 0, write)]  # added today: the next quotation takes them
    events = [(phase.quote.day, 0, write)]
    if phase.quote.revised:
        events.append((phase.quote.revised.day, 1, revise))
    if phase.quote.decided is not None:
        events.append((phase.quote.decided, 1, answer))
    for number, payment in enumerate(phase.quote.payments):
        events.append((payment.day, 2 + number, lambda number=number, payment=payment: pay(number, payment)))
    if phase.quote.voided:
        void = lambda: made["invoice"].with_user(staff["accountant"])._sire_void(phase.quote.voided)  # noqa: E731
        events.append((0, 1, void))
    return events + plans.events_of(env, made, phase.quote, staff)


def _write_quotation(env, project, story, staff):
    """Make a quotation from the tasks that nobody has quoted; send it, unless it is still a draft.

    :rtype: sale.order
    """
    action = project.with_user(staff["manager"]).action_sire_new_quotation()
    order = env["sale.order"].browse(action.get("res_id") or action["params"]["next"]["res_id"])
    order.write(
        {
            "date_order": hour_of(workday(story.day), project.name, 7, 8),
            "validity_date": day(story.day + story.valid_days),
            "user_id": staff["manager"].id,
        }
    )
    if story.plan:
        plans.write_plan(order, story.plan, staff)
    if story.outcome != "draft":
        _mark_sent(order, workday(story.day))
    date_messages(order, order.sire_sent_at or order.date_order)
    return order


def _revise(order, story, staff):
    """Replace a quotation that was sent by its next version, and send that.

    :return: the next version
    :rtype: sale.order
    """
    order.with_user(staff["manager"]).action_sire_revise()
    revision = order.sire_next_ids
    offset = workday(story.day)
    revision.order_line.discount = story.discount
    revision.write({"date_order": hour_of(offset, order.name, 7, 8), "validity_date": day(story.day + 30)})
    gate.opened(order).sire_superseded_at = revision.date_order
    date_messages(order, revision.date_order)
    _mark_sent(revision, offset)
    date_messages(revision, revision.sire_sent_at)
    return revision


def _answer(order, story):
    """Let the client approve or decline.

    :return: the posted invoice of an approved quotation
    :rtype: account.move
    """
    contact = order.partner_id.child_ids[:1].name or order.partner_id.name
    if story.outcome == "declined":
        order._sire_decline(story.reason, name=contact)
        gate.opened(order).sire_declined_at = hour_of(workday(story.decided), order.name)
        return None
    return order._sire_approve(
        contact,
        order._sire_digest(),
        remote_addr="192.0.2.17",  # an address that documentation uses and nobody has
        user_agent="Mozilla/5.0 (Linux; Android 14)",
        approved_at=hour_of(workday(story.decided), order.name),
    )


def _mark_sent(order, offset):
    """Let the quotation have been sent, and opened by the client some hours later, on a past day. No e-mail leaves."""
    gate.opened(order).write(
        {
            "state": "sent",
            "sire_sent_at": hour_of(offset, f"send {order.name}"),
            "sire_sent_to": order.partner_id.email_normalized,
            "sire_sent_digest": order._sire_digest(),
            "sire_opened_at": hour_of(offset, f"open {order.name}", 17, 21),
        }
    )
    order._sire_get_client_url()
