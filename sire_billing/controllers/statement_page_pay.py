"""*Pay all*: one prompt for many invoices, through the one rule for what may be paid."""

from odoo.exceptions import UserError

from .client_page_http import read_amount
from .client_page_pay import _read_phone, _refuse_if_too_many, refusal


def start_paying_all(page, values):
    """Send one PIN prompt for all open, or all overdue, invoices. When one is on its way already, do nothing.

    What the client saw is what is paid: when it changed meanwhile, it is said, and nothing is asked for. Above M-Pesa's
    limit the first step is asked for; it goes to the invoices that are due first.

    :param StatementPage page: the page that the form was on
    :param dict values: ``scope`` (all or overdue), ``seen_all`` or ``seen_overdue`` (shillings that stood on the page) and
        ``phone``, as they came
    :raise UserError: with a sentence, and the field that it is about
    """
    env = page.env
    if not page.provider._mpesa_get_method():
        raise refusal("pay", env._("M-Pesa is not available at the moment. Please choose another way to pay."))
    scope = values["scope"]
    if scope not in ("all", "overdue"):
        raise refusal("pay", env._("Choose what to pay: all that is open, or only what is overdue."))
    phone = _read_phone(env, values["phone"])
    if page.live:
        return
    invoices, total = page.get_scope(scope), page.get_total(scope)
    if not invoices:
        raise refusal("pay", env._("Nothing is left to pay here."))
    seen = read_amount(values[f"seen_{scope}"])
    if seen is None or page.company.currency_id.compare_amounts(seen, total) != 0:
        raise refusal(
            "pay",
            env._("What is left has changed: it is %s now. Look at it, and pay again.", page.money(total)),
            status=409,
        )
    if not page.can_pay():
        raise refusal("pay", page.say_credit() or env._("Nothing can be paid by M-Pesa here now."))
    page.invoices = invoices
    _refuse_if_too_many(page, phone)
    try:
        # Locks the invoices, in order. A second payment at the same moment waits and is run again: it finds the first.
        tx_sudo = invoices._mpesa_request(page.get_step(scope), phone)
    except UserError as error:
        raise refusal("pay", str(error)) from error
    tx_sudo.landing_route = page.link._get_path()
