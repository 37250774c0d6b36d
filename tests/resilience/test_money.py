"""An M-Pesa payment whose server is killed: the client's shillings are in the books once, never twice, never lost."""

import contextlib
import json
import time

import psycopg2
import pytest

from host import postgres, testing

PHONE = "254708374149"
AMOUNT = 100
ASK = """
import json
invoice = env["account.move"].search([
    ("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("amount_residual", ">=", 1000),
    ("transaction_ids", "=", False),
], limit=1)
provider = env["payment.provider"]._mpesa_for_company(invoice.company_id)
tx = env["payment.transaction"].create({
    "provider_id": provider.id, "payment_method_id": provider.payment_method_ids[:1].id, "operation": "online_direct",
    "amount": %d, "currency_id": invoice.currency_id.id, "partner_id": invoice.partner_id.id,
    "invoice_ids": [(6, 0, invoice.ids)], "reference": "resilience-%%d" %% invoice.id,
})
tx._mpesa_request_payment(%r)
env.cr.commit()
print(json.dumps({"tx": tx.id, "invoice": invoice.id, "residual": invoice.amount_residual}))
"""


@pytest.fixture(scope="module")
def server():
    with testing.server(("sire_demo",), options={"max_cron_threads": "0"}) as running:
        yield running


class Payment:
    """A prompt that the sandbox's phone answers by paying at once."""

    def __init__(self, server):
        self.server = server
        server.options["max_cron_threads"] = "0"
        server.restart()
        server.control("/control/next", {"phone": PHONE, "result": "success"})
        asked = json.loads(server.shell(ASK % (AMOUNT, PHONE)).strip().splitlines()[-1])
        self.tx, self.invoice, self.residual = asked["tx"], asked["invoice"], asked["residual"]

    def row(self, statement):
        return self.server.sql(statement)[0]

    def state(self):
        return self.row(f"SELECT state FROM payment_transaction WHERE id = {self.tx}")[0]

    def events(self):
        """:return: (state, attempts) of the callbacks of this payment"""
        found = self.server.sql(
            f"SELECT state, attempts FROM sire_webhook_event WHERE event_key LIKE '{self.tx}/%' ORDER BY id"
        )
        return [(state, int(attempts)) for state, attempts in found]

    def booked(self):
        """:return: (payments made of it, what the invoice has left)"""
        payments = self.row(f"SELECT count(*) FROM account_payment WHERE payment_transaction_id = {self.tx}")[0]
        left = self.row(f"SELECT amount_residual FROM account_move WHERE id = {self.invoice}")[0]
        return int(payments), float(left)

    def wait_for(self, condition, timeout=180):
        begin = time.monotonic()
        while not condition():
            assert time.monotonic() - begin < timeout, (self.state(), self.events(), self.booked())
            time.sleep(0.1)

    def restart_with_workers(self):
        self.server.options["max_cron_threads"] = "2"
        self.server.restart()

    def repeat_callback(self):
        checkout = self.row(f"SELECT mpesa_checkout_request_id FROM payment_transaction WHERE id = {self.tx}")[0]
        self.server.control(f"/control/prompts/{checkout}/callback", {})

    def assert_booked_once(self):
        assert self.state() == "done"
        assert self.booked() == (1, self.residual - AMOUNT)
        assert self.row(f"SELECT provider_reference FROM payment_transaction WHERE id = {self.tx}")[0]


def test_killed_between_the_callbacks_200_and_its_handling(server):
    payment = Payment(server)
    payment.wait_for(lambda: payment.events() == [("received", 0)])
    server.kill9()
    assert payment.state() == "pending"
    assert payment.booked() == (0, payment.residual)

    payment.restart_with_workers()
    payment.wait_for(lambda: payment.events() == [("done", 1)])
    payment.assert_booked_once()

    payment.repeat_callback()  # it returns when the callback is answered: what came of it is written down
    payment.wait_for(lambda: {state for state, _attempts in payment.events()} == {"done"})
    payment.assert_booked_once()


def test_killed_while_the_money_is_being_booked(server):
    payment = Payment(server)
    payment.wait_for(lambda: payment.events() == [("received", 0)])
    connection = psycopg2.connect(host=str(server.bench.cluster.socket), user=postgres.USER, dbname=server.db)
    with contextlib.closing(connection), connection.cursor() as cr:
        cr.execute("SELECT id FROM account_move WHERE id = %s FOR UPDATE", [payment.invoice])
        payment.restart_with_workers()
        waiting = f"SELECT 1 FROM pg_stat_activity WHERE datname = '{server.db}' AND wait_event_type = 'Lock'"
        payment.wait_for(lambda: payment.server.sql(waiting))
        server.kill9()
    assert payment.booked() == (0, payment.residual)

    payment.restart_with_workers()
    payment.wait_for(lambda: payment.state() == "done")
    payment.wait_for(lambda: payment.events()[0][0] == "done")
    payment.wait_for(lambda: payment.booked()[0] > 0)
    payment.assert_booked_once()
