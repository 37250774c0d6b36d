"""Money that came in: by M-Pesa, in cash, by cheque, through the bank."""

from string import ascii_uppercase

from odoo.addons.sire_mpesa.utils import Sighting

from .common import date_messages, day, hour_of, workday

RECEIPT_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def pay(env, invoice, story, staff, seed):
    """Take one payment of an invoice.

    :param invoice: posted customer invoice
    :param Pay story: day, way and amount
    :param dict staff: users by login
    :param int seed: makes the receipt number, the same every time
    """
    amount = story.amount or invoice.amount_residual
    ways = {
        "mpesa": _pay_by_mpesa,
        "paybill": _pay_to_pay_bill,
        "cash": _pay_in_cash,
        "cheque": _pay_by_cheque,
        "bank": _pay_through_bank,
    }
    ways[story.how](env, invoice, amount, workday(story.day), staff, seed)
    for record in invoice, invoice.sire_order_id:
        date_messages(record, hour_of(workday(story.day), invoice.name, 17, 18))


def _pay_by_mpesa(env, invoice, amount, offset, staff, seed):
    """Book a payment that Safaricom confirmed, as its callback would have."""
    provider = env.ref("sire_demo.provider_mpesa")
    method = env.ref("payment.payment_method_mpesa")
    date = day(offset)
    receipt = receipt_number(date, seed)
    at = hour_of(offset, receipt)
    tx = env["payment.transaction"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "reference": env["payment.transaction"]._compute_reference(provider.code, prefix=invoice.name),
            "amount": amount,
            "currency_id": invoice.currency_id.id,
            "partner_id": invoice.partner_id.id,
            "invoice_ids": [(6, 0, invoice.ids)],
            "operation": "online_direct",
            "provider_reference": receipt,
            "mpesa_phone": invoice.partner_id.phone,
            "mpesa_paid_at": at,
            "create_date": at,  # the superuser writes it while modules are being installed
        }
    )
    tx._set_done()
    tx.last_state_change = at
    tx._create_payment(date=date)
    tx.is_post_processed = True


def _pay_to_pay_bill(env, invoice, amount, offset, staff, seed):
    """Book what Safaricom reported of a payment that nobody was prompted for."""
    receipt = receipt_number(day(offset), seed)
    phone = "".join(invoice.partner_id.phone.split()).removeprefix("0")
    sighting = Sighting(
        number=receipt,
        amount=float(amount),
        source="c2b",
        kind="paybill",
        paid_at=hour_of(offset, receipt),
        phone=f"254{phone[0]}****{phone[-3:]}",
        name=invoice.partner_id.child_ids[:1].name.split()[0].upper(),
        reference=invoice.mpesa_reference,
    )
    env["sire.mpesa.receipt"]._take(env.ref("sire_demo.provider_mpesa"), sighting)


def _pay_in_cash(env, invoice, amount, offset, staff, seed):
    """Take cash over the counter, with its receipt number."""
    wizard = env["sire.cash.payment.wizard"].with_user(staff["accountant"])
    wizard.create({"move_id": invoice.id, "amount": amount, "date": day(offset)}).action_confirm()


def _pay_by_cheque(env, invoice, amount, offset, staff, seed):
    """Take a cheque: it has its receipt, and the bank has not cleared it."""
    wizard = env["sire.cash.payment.wizard"].with_user(staff["accountant"])
    wizard.create(
        {
            "move_id": invoice.id,
            "amount": amount,
            "date": day(offset),
            "instrument": "cheque",
            "cheque_number": f"{seed % 900000 + 100000}",
            "cheque_bank": "KCB",
            "cheque_date": day(offset),
        }
    ).action_confirm()


def _pay_through_bank(env, invoice, amount, offset, staff, seed):
    """Register a transfer that was seen on the bank statement."""
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", invoice.company_id.id), ("code", "=", "BNK1")], limit=1
    )
    env["account.payment.register"].with_user(staff["accountant"]).with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create(
        {
            "journal_id": journal.id,
            "amount": amount,
            "payment_date": day(offset),
            "communication": f"RTGS {invoice.name}",
        }
    ).action_create_payments()


def receipt_number(date, seed):
    """Return an M-Pesa receipt number as Safaricom writes them: year, month and day in the first three characters.

    :param datetime.date date: the day of the payment
    :param int seed: anything that differs between payments
    :rtype: str
    """
    code = ascii_uppercase[(date.year - 2006) % 26]
    code += "ABCDEFGHIJKL"[date.month - 1]
    code += "123456789ABCDEFGHIJKLMNOPQRSTUV"[date.day - 1]
    for _position in range(7):
        seed, letter = divmod(seed * 31 + 7, len(RECEIPT_LETTERS))
        code += RECEIPT_LETTERS[letter]
    return code
