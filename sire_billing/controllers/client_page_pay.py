"""Pay from the client page: one prompt at a time, within limits."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.sire_base.utils.phone import parse_kenyan_phone

from .client_page_http import read_amount

# A link must not be a way to ring a stranger's phone with PIN prompts.
PROMPTS_PER_LINK = 6
PROMPTS_PER_PHONE = 4
PROMPTS_WITHIN = timedelta(minutes=10)


def refusal(field, sentence, status=422):
    """Return the error of one field of the form, with a sentence for its reader."""
    error = UserError(sentence)
    error.client_field, error.client_status = field, status
    return error


def start_payment(page, values):
    """Send a PIN prompt to a phone. When one is on its way already, do nothing: the page shows that one.

    :param ClientPage page: the page that the form was on
    :param dict values: ``invoice`` (its id), ``amount`` and ``phone`` as typed
    :raise UserError: with a sentence, and the field that it is about
    """
    env = page.env
    invoice = page.invoices.filtered(lambda move: str(move.id) == values["invoice"])
    if not invoice:
        raise refusal("pay", env._("This invoice cannot be paid here. Open the link in your message again."))
    method = page.provider._mpesa_get_method()
    if not method:
        raise refusal("pay", env._("M-Pesa is not available at the moment. Please choose another way to pay."))
    amount = read_amount(values["amount"])
    if amount is None:
        raise refusal("amount", env._("Type the amount in shillings, for example 1500."))
    largest = page.provider.mpesa_max_amount
    try:
        page.provider._mpesa_check_amount(min(amount, largest), invoice.currency_id)
        if amount > largest:
            invoice._sire_check_payable(amount)
            _offer_steps(page, invoice, amount, values)
    except UserError as error:
        raise refusal("amount", str(error)) from error
    phone = _read_phone(env, values["phone"])
    _refuse_if_too_many(page, phone)
    if page.live:
        return
    seconds, sentence = page.provider._mpesa_get_wait(phone, amount, invoice.browse())  # the invoice's: as above
    if seconds:
        raise refusal("pay", sentence, status=429)
    try:
        # Locks the invoice. A second payment at the same moment waits here and is run again: it finds the first.
        invoice._sire_check_payable(amount)
    except UserError as error:
        raise refusal("amount", str(error)) from error
    txs_sudo = env["payment.transaction"].sudo()  # The client has no account; the link reaches this invoice.
    tx_sudo = txs_sudo.create(
        {
            "provider_id": page.provider.id,
            "payment_method_id": method.id,
            "reference": txs_sudo._compute_reference("mpesa", invoice_ids=[Command.set(invoice.ids)]),
            "amount": amount,
            "currency_id": invoice.currency_id.id,
            "partner_id": invoice.partner_id.id,
            "operation": "online_direct",
            "landing_route": page.link._get_path(),
            "invoice_ids": [Command.set(invoice.ids)],
        }
    )
    try:
        tx_sudo._mpesa_request_payment(phone)
    except UserError as error:
        raise refusal("phone", str(error)) from error


def _offer_steps(page, invoice, amount, values):
    """Refuse an amount that one payment cannot carry, and put the first step into the form.

    :raise UserError: always
    """
    step, _steps = page.provider._mpesa_get_step(amount)
    values["amount"] = f"{step:,}"
    raise UserError(
        page.env._(
            "%(why)s The first is ready: %(step)s.",
            why=page.provider._mpesa_say_steps(amount, invoice.currency_id),
            step=page.money(step, invoice.currency_id),
        )
    )


def _read_phone(env, text):
    """Return the typed number as E.164."""
    try:
        return parse_kenyan_phone(text)
    except ValueError as error:
        if not text:
            raise refusal("phone", env._("Type the phone number that has M-Pesa, for example 0712 345 678.")) from error
        raise refusal(
            "phone", env._("“%s” is not a Kenyan phone number. Write it like 0712 345 678.", text[:30])
        ) from error


def _refuse_if_too_many(page, phone):
    env = page.env
    txs_sudo = env["payment.transaction"].sudo()  # Counted across clients, nothing of them is shown.
    recent = [("provider_code", "=", "mpesa"), ("create_date", ">", fields.Datetime.now() - PROMPTS_WITHIN)]
    for limit, domain in (
        (PROMPTS_PER_LINK, [("invoice_ids", "in", page.invoices.ids)]),
        (PROMPTS_PER_PHONE, [("mpesa_phone", "=", phone)]),
    ):
        if txs_sudo.search_count(recent + domain) >= limit:
            raise refusal(
                "pay",
                env._("Too many PIN prompts in a short time. Please wait ten minutes, then try again."),
                status=429,
            )
