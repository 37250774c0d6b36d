"""Quotations that are invoiced part by part: a deposit, milestones, the balance."""

import zlib

from odoo.fields import Command

from . import payments
from .common import date_messages, day, hour_of, workday


def write_plan(order, parts, staff):
    """Agree on the parts with the quotation, with a milestone of the project for each that waits for one.

    :param sale.order order: a draft
    :param parts: `Part`\\ s of the story
    :param dict staff: users by login
    """
    project = order.project_id.with_user(staff["manager"])
    project.allow_milestones = True
    last = len(parts) - 1
    commands = []
    for number, part in enumerate(parts):
        values = {"name": part.name, "sequence": 10 * (number + 1), "due": "finish" if number == last else "approval"}
        if part.milestone:
            milestone = project.milestone_ids.create({"name": part.milestone, "project_id": project.id})
            values |= {"due": "milestone", "milestone_id": milestone.id}
        share = {"basis": "percent", "percent": part.percent} if part.percent else {"basis": "rest"}
        commands.append(Command.create(values | share))
    order.with_user(staff["manager"]).write({"sire_invoicing": "milestones", "sire_instalment_ids": commands})


def events_of(env, made, story, staff):
    """Return what happens to the parts of one quotation, as (day, order within the day, function).

    :param dict made: ``order`` is there once the quotation was written
    :param Quote story: empty when it has no plan
    """

    def get_part(part):
        return made["order"].sire_instalment_ids.filtered(lambda one: one.name == part.name)

    def reach(part):
        get_part(part).milestone_id.with_user(staff["manager"]).is_reached = True

    def invoice(part):
        move = get_part(part)._sire_invoice(date=day(workday(part.invoiced)))
        for record in made["order"], move:
            date_messages(record, hour_of(workday(part.invoiced), move.name))

    def pay(part, number, payment):
        seed = zlib.crc32(f"{made['order'].name}/{part.name}/{number}".encode())
        payments.pay(env, get_part(part).move_id, payment, staff, seed)

    events = []
    for part in story.plan:
        if part.reached is not None:
            events.append((part.reached, 1, lambda part=part: reach(part)))
        if part.invoiced is not None:
            events.append((part.invoiced, 2, lambda part=part: invoice(part)))
        for number, payment in enumerate(part.payments):
            events.append(
                (payment.day, 3, lambda part=part, number=number, payment=payment: pay(part, number, payment))
            )
    return events
