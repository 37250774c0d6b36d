"""What clients said about invoices that are late. Reminders stay off: “Today's Reminders” shows who would get one."""

from .common import date_messages, day, hour_of, workday


def build(env, staff):
    """A client promised to pay, another does not agree with an invoice."""
    late = env["account.move"].search([("sire_overdue", "=", True)], order="invoice_date_due, id", limit=2)
    pauses = env["sire.reminder.pause"].with_user(staff["accountant"])
    for move, kind, until, reason in zip(
        late,
        ("promise", "dispute"),
        (day(6), None),
        ("When the county has paid", "Two days of training did not take place"),
        strict=False,
    ):
        pauses._pause(move.with_env(pauses.env), kind, move.company_id, until, reason)
        date_messages(move, hour_of(workday(-2), move.name))
