"""What the M-Pesa benchmark does inside of Odoo: programs for ``odoo shell``."""

INVOICES = """
import itertools, json, time
from concurrent.futures import ThreadPoolExecutor

def make_invoices(count, price):
    company = env.company
    partners = env["res.partner"].create([{{"name": f"Bench Client {{number}}"}} for number in range(max(1, count // 10))])
    income = env["account.account"].search([("account_type", "=", "income"), ("company_ids", "in", company.ids)], limit=1)
    made = env["account.move"]
    for begin in range(0, count, 250):
        moves = env["account.move"].with_context(tracking_disable=True).create([{{
            "move_type": "out_invoice", "partner_id": partners[number % len(partners)].id,
            "currency_id": env.ref("base.KES").id,
            "invoice_line_ids": [(0, 0, {{"name": "Bench", "price_unit": price, "account_id": income.id, "tax_ids": []}})],
        }} for number in range(begin, min(begin + 250, count))])
        moves.action_post()
        env.cr.commit()
        made |= moves.with_context(tracking_disable=False)
    return env["account.move"].browse(made.ids)
"""

# Prompts that were asked for, sent and accepted; only their callbacks are missing. The resolver is not to be faster than these.
PROMPTS = (
    INVOICES
    + """
provider = env.ref("sire_demo.provider_mpesa")
method = env.ref("payment.payment_method_mpesa")
invoices = make_invoices({count}, 100)
txs = env["payment.transaction"]
for number, invoice in enumerate(invoices):
    tx = env["payment.transaction"].create({{
        "provider_id": provider.id, "payment_method_id": method.id, "amount": 100, "currency_id": invoice.currency_id.id,
        "partner_id": invoice.partner_id.id, "operation": "online_direct", "reference": f"BENCH-{{number}}",
        "invoice_ids": [(6, 0, invoice.ids)],
    }})
    tx._mpesa_request_payment(f"2547{{10000000 + number}}")
    txs |= tx
env.cr.postcommit.clear()
txs.write({{"mpesa_next_query_at": {later!r}}})
env.flush_all()
asks = [tx._mpesa_claim_push() for tx in txs]  # functions of the client
env.cr.commit()
asks[0].func.__self__._get_token(None)
with ThreadPoolExecutor(8) as threads:
    answers = list(threads.map(lambda ask: ask(), asks))
for tx, answer in zip(txs, answers):
    assert answer.outcome == "accepted", answer
    tx._mpesa_take_push_answer(answer)
env.cr.commit()
print("MADE" + json.dumps({{tx.mpesa_checkout_request_id: tx.mpesa_callback_token for tx in txs}}))
"""
)

# The host's own way, with the host's own provider for trying: each transaction confirmed, booked and committed.
STOCK = (
    INVOICES
    + """
env["ir.cron"].search([]).active = False
provider = env["payment.provider"].search([("code", "=", "demo")], limit=1)
journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
provider.write({{"state": "test", "company_id": env.company.id}})
provider.journal_id = journal
method = provider.payment_method_ids[:1] or env.ref("payment.payment_method_demo")
invoices = make_invoices({count}, 100)
txs = env["payment.transaction"].create([{{
    "provider_id": provider.id, "payment_method_id": method.id, "amount": 100, "currency_id": invoice.currency_id.id,
    "partner_id": invoice.partner_id.id, "operation": "online_direct", "reference": f"STOCK-{{number}}",
    "invoice_ids": [(6, 0, invoice.ids)],
}} for number, invoice in enumerate(invoices)])
txs._set_pending()
env.cr.commit()

def settle(tx):
    tx._process("demo", {{"reference": tx.reference, "simulated_state": "done"}})
    tx._post_process()
    env.cr.commit()

for tx in txs[:5]:
    settle(tx)
begun = time.monotonic()
for tx in txs[5:]:
    settle(tx)
took = time.monotonic() - begun
assert set(invoices.mapped("payment_state")) <= {{"paid", "in_payment"}}, invoices.mapped("payment_state")
print("TOOK" + json.dumps([len(txs) - 5, took]))
"""
)
