"""Paid from another phone: the client names the M-Pesa code, and only what Safaricom reported counts."""

import re

from odoo.http import request

from odoo.addons.sire_mpesa.tools import own_transaction

from .client_page_pay import refusal


def claim_receipt(page, values):
    """Look for the payment that an M-Pesa code names, and count it for the invoice when nobody else's it is.

    Whether the code is unknown or somebody else's is told to nobody: the answer is the same.

    :param ClientPage page: the page that the form was on
    :param dict values: ``invoice`` (its id) and ``receipt`` as typed
    :return: None when it counts; else the refusal, with a sentence. It is returned and not raised, so that what was
        written down about it stays.
    :rtype: UserError | None
    """
    env = page.env
    invoice = page.invoices.filtered(lambda move: str(move.id) == values["invoice"] and page.can_claim(move))
    if not invoice:
        return refusal("pay", env._("This invoice cannot be paid here. Open the link in your message again."))
    number = re.sub(r"[^A-Z0-9]", "", values["receipt"].upper())[:20]
    remote_addr = request.httprequest.remote_addr
    is_allowed = own_transaction.run(
        env.registry, page.link._name, page.link.id, lambda link: link._take_claim(number, remote_addr)
    )
    if not is_allowed:
        sentence = env._("Too many codes in a short time. Please wait ten minutes, then try again, or ask us.")
        return refusal("receipt", sentence, status=429)
    answer = invoice._mpesa_claim_receipt(number)
    if answer["state"] == "paid":
        return None
    if answer["state"] == "bad":
        return refusal("receipt", answer["message"])
    _tell_staff(page, invoice, number, answer["state"])
    return refusal("receipt", page.say_unseen(number))


def _tell_staff(page, invoice, number, state):
    """Leave a note for staff, once a code: what a client says, and what Safaricom says."""
    if page.link.claim_ids.filtered(lambda claim: claim.number == number)[1:]:
        return
    staff = invoice.with_context(lang=invoice.user_id.lang or page.company.partner_id.lang)
    if state == "taken":
        body = staff.env._(
            "The client says that this was paid with M-Pesa code %s, which is counted elsewhere.", number
        )
    else:
        body = staff.env._(
            "The client says that this was paid with M-Pesa code %s. Safaricom reported none yet.", number
        )
    staff.message_post(body=body)
