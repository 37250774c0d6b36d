"""Two at once, and not by luck: one is stopped at the interesting point, with its snapshot taken and its locks held."""

import json
import threading
import time

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.sire_base.utils.eat import format_daraja_timestamp

from .common import sample
from .test_races import MpesaRaceCase

PATIENCE = 60  # seconds, which only pass when something is broken
NUMBER = "NLJ7RT61SV"


class InterleavingCase(MpesaRaceCase):
    def interleave(self, slow, fast, at):
        """Run ``slow`` up to the method ``at``; then ``fast``, until it is done or waits for a lock; then the rest.

        Both are run as a request is: what PostgreSQL refuses is run again.

        :param slow: ``callable(env)``; as ``fast``, in a thread and a transaction of its own
        :param tuple at: model and method; the first call of it in ``slow``'s thread stops there
        :return: whether ``fast`` had to wait, and what came of each: "ok" or the refusal
        """
        reached, go = threading.Event(), threading.Event()
        results, threads = {}, {}
        model, name = at
        original = getattr(self.registry[model], name)

        def stop(records, *args, **kwargs):
            if threading.current_thread() is threads["slow"] and not reached.is_set():
                records.env.cr.execute("SELECT 1")  # the snapshot is taken here, if it was not
                reached.set()
                go.wait(PATIENCE)
            return original(records, *args, **kwargs)

        def run(who, func):
            for _attempt in range(8):
                try:
                    with self.registry.cursor() as cr:
                        func(api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True}))
                    results[who] = "ok"
                    return
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    continue
                except UserError as error:
                    results[who] = str(error)
                    return

        self.patch(self.registry[model], name, stop)
        threads["slow"] = threading.Thread(target=run, args=("slow", slow))
        threads["fast"] = threading.Thread(target=run, args=("fast", fast))
        try:
            threads["slow"].start()
            self.assertTrue(reached.wait(PATIENCE), f"{name} was never called")
            threads["fast"].start()
            has_waited = self.wait_for_lock(threads["fast"])
        finally:
            go.set()
            for thread in threads.values():
                if thread.ident:
                    thread.join(PATIENCE)
        setattr(self.registry[model], name, original)
        self.assertEqual(set(results), {"slow", "fast"}, "both came to an end")
        return has_waited, results["slow"], results["fast"]

    def wait_for_lock(self, thread):
        """:return: True when somebody in this database waits for a lock, False when the thread has ended instead"""
        deadline = time.monotonic() + PATIENCE
        query = (
            """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
        while thread.is_alive():
            with self.registry.cursor() as cr:
                cr.execute(query)
                if cr.fetchone()[0]:
                    return True
            self.assertLess(time.monotonic(), deadline, "it neither ended nor waited for a lock")
            time.sleep(0.01)
        return False

    # === WHAT HAPPENS === #

    def take(self, env):
        """:return: ids of the events that wait, their first attempt counted"""
        events = env["sire.webhook.event"].search([("state", "=", "received")], order="id")
        events.attempts = 1
        return events.ids

    def call_back(self, tx_id, **values):
        """A callback reaches the inbox and is claimed.

        :return: ``callable(env)`` that handles it
        """
        self.read(lambda env: self.callback(env, tx_id, **values))
        event_id = self.read(self.take)[-1]
        return lambda env: env["sire.webhook.event"]._handle_claimed(event_id, 1)

    def confirm(self, amount=600, number=NUMBER, **values):
        """A pay bill confirmation reaches the inbox and is claimed.

        :return: ``callable(env)`` that handles it
        """

        def receive(env):
            usual = {
                "TransID": number,
                "TransAmount": f"{amount}.00",
                "BillRefNumber": env["account.move"].browse(self.invoice_id).mpesa_reference,
                "TransTime": format_daraja_timestamp(fields.Datetime.now()),
            }
            data = sample("c2b_confirmation", **{**usual, **values})
            provider = env.ref("sire_mpesa.payment_provider_mpesa")
            provider._mpesa_receive_c2b(json.dumps(data).encode(), {}, "127.0.0.1", data)

        self.read(receive)
        event_id = self.read(self.take)[-1]
        return lambda env: env["sire.webhook.event"]._handle_claimed(event_id, 1)

    def overdue(self, tx_id):
        """:return: ``callable(env)`` that asks Safaricom about a prompt, as the resolver does"""
        self.read(self.make_due)
        return lambda env: env["payment.transaction"].browse(tx_id)._mpesa_resolve_alone()

    # === WHAT HOLDS === #

    def assertBooks(self, arrived, cash=0, receipts=(NUMBER,)):
        """Money that arrived is in the books once, and the invoice is paid by as much as it needs.

        :param float arrived: shillings by M-Pesa
        :param cash: shillings at the counter
        :param receipts: numbers in the ledger, each booked once
        """
        self.settle()

        def check(env):
            found = env["sire.mpesa.receipt"].search([])
            self.assertEqual(
                (set(found.mapped("name")), set(found.mapped("state")) - {"booked"}), (set(receipts), set())
            )
            live = env["account.payment"].search(
                [("partner_id", "=", self.partner_id), ("state", "in", ("in_process", "paid"))]
            )
            of_mpesa = live.filtered(lambda payment: payment.journal_id.code == "MPESA")
            self.assertEqual(sum(of_mpesa.mapped("amount")), arrived, "by M-Pesa")
            self.assertEqual(sum((live - of_mpesa).mapped("amount")), cash, "at the counter")
            for receipt in found:
                own = receipt.payment_ids & live
                self.assertEqual(own.mapped("amount"), [receipt.amount], receipt.name)
            for tx in env["payment.transaction"].search([("partner_id", "=", self.partner_id), ("state", "=", "done")]):
                self.assertEqual(
                    tx.payment_id & live, live.filtered(lambda one, tx=tx: one.payment_transaction_id == tx)
                )
                self.assertEqual(tx.payment_id.amount, tx.amount)
            self.assertEqual(env["account.move"].browse(self.invoice_id).amount_residual, max(1000 - arrived - cash, 0))
            parked = env["sire.webhook.event"].search([("state", "!=", "done")])
            self.assertFalse(parked, parked.mapped("error"))
            self.assertFalse(env["sire.mpesa.day"].search([("difference", "!=", 0)]))

        self.read(check)
