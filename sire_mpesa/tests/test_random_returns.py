"""Whatever happens to refunds and returns in whatever order: the books never say more than Safaricom did, and in the end
they say the same."""

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from .command_common import paid_parameters
from .ledger_steps import searched
from .test_refund import RefundCommon

WHICH = st.integers(0, 3)
PROMPT, LOST = "PROMPT0001", "LOST000001"

HOW = st.sampled_from(["ok", "ok", "ok", "lost", "lost_undone", "refused", "dropped", "unsent"])

STEPS = st.one_of(
    st.tuples(st.just("refund"), st.sampled_from([100, 200, 500, 500]), HOW),
    st.tuples(st.just("refund"), st.sampled_from([100, 200, 500, 500]), HOW),
    st.tuples(st.just("give_back"), WHICH, HOW),
    st.tuples(st.just("give_up"), WHICH, st.just("")),
    st.tuples(st.just("give_up"), WHICH, st.just("")),
    st.tuples(st.just("deliver"), WHICH, st.sampled_from(["once", "twice"])),
    st.tuples(st.just("deliver"), WHICH, st.sampled_from(["once", "twice"])),
    st.tuples(st.just("time_out"), WHICH, st.just("")),
    st.tuples(st.just("forge"), WHICH, st.sampled_from(["0", "1", "R000001"])),
    st.tuples(st.just("wait"), WHICH, HOW),
    st.tuples(st.just("assign"), WHICH, st.sampled_from(["assign", "take_back"])),
    st.tuples(st.just("crash"), WHICH, st.just("")),
)


class Undo(Exception):
    """One example is over: whatever it did is rolled back."""


class Crash(Exception):
    """The worker dies after the handler did its work, and before the commit."""


@tagged("post_install", "-at_install")
class TestRandomReturns(RefundCommon):
    @searched
    @given(st.lists(STEPS, min_size=4, max_size=18))
    @example([("refund", 500, "ok"), ("give_up", 0, ""), ("wait", 0, "ok")])
    @example([("refund", 500, "ok"), ("give_up", 0, ""), ("refund", 500, "ok"), ("deliver", 1, "once")])
    @example([("refund", 500, "ok"), ("give_up", 0, ""), ("refund", 100, "ok"), ("deliver", 0, "twice")])
    @example([("refund", 200, "lost"), ("give_up", 0, ""), ("refund", 200, "ok"), ("crash", 0, "")])
    @example([("give_back", 0, "dropped"), ("time_out", 0, ""), ("wait", 0, "ok"), ("deliver", 0, "once")])
    def test_books(self, steps):
        with self.assertRaises(Undo), self.env.cr.savepoint():
            self.begin()
            for step, which, how in steps:
                getattr(self, f"do_{step}")(which, how)
                self.check()
            self.finish()
            self.check()
            self.check_end()
            raise Undo
        self.env.invalidate_all()

    # === THE WORLD === #

    def begin(self):
        self.daraja.__init__()
        self.provider.mpesa_confirm_c2b = "never"
        self.invoice = self.make_invoice(500)
        self.tx = self.make_paid(500, PROMPT, self.invoice)
        self.lost_receipt = self.lost(LOST)
        self.how = "ok"
        self.returned = {PROMPT: 0, LOST: 0}  # what Safaricom did
        self.movements = {}  # conversation → (number, amount)
        self.results = []  # (token, ids, code, parameters): what Safaricom has to tell
        self.daraja.answer_reversal = self.answer_reversal
        self.daraja.answer_status = self.answer_status

    def accept(self, body, code, **parameters):
        """Take a request, and have a result to tell."""
        status, answer = self.daraja.answer_command(body)
        ids = {key: answer[key] for key in ("OriginatorConversationID", "ConversationID")}
        self.results.append((body["ResultURL"].split("/")[-2], ids, code, parameters))
        return (status, answer), ids

    def answer_reversal(self, body):
        if self.how == "refused":
            return 400, {"requestId": "r", "errorCode": "400.002.02", "errorMessage": "Bad Request - Invalid Remarks"}
        number, amount = body["TransactionID"], body["Amount"]
        left = 500 - self.returned[number]
        code = "R000001" if not left else "2028" if amount > left else "0"
        answer, ids = self.accept(body, code, Amount=str(amount) if code == "0" else None)
        if self.how in ("lost_undone", "dropped"):
            self.results.pop()
        elif code == "0":
            self.returned[number] += amount
            self.movements[ids["OriginatorConversationID"]] = (f"REV{len(self.movements):07}", amount)
        return (503, "") if self.how.startswith("lost") else answer

    def answer_status(self, body):
        moved = self.movements.get(body.get("OriginalConversationID"))
        if not moved:
            return self.accept(body, "R000002")[0]
        parameters = paid_parameters(*moved, ReasonType="Pay Bill Reversal")
        return self.accept(body, 0, **parameters)[0]

    def find(self, token):
        return self.env["sire.mpesa.command"].search([("token", "=", token)])

    def get_live(self):
        return self.get_commands("reversal").filtered(lambda command: command.state in command._LIVE)

    # === STEPS === #

    def attempt(self, func):
        """What is refused in a sentence changes nothing."""
        try:
            with self.env.cr.savepoint():
                func()
        except UserError:
            self.env.invalidate_all()

    def do_refund(self, amount, how):
        self.attempt(lambda: self.tx.with_user(self.accountant).action_refund(amount_to_refund=amount))
        self.do_send(0, how)

    def do_give_back(self, _which, how):
        self.attempt(lambda: self.lost_receipt.with_user(self.accountant).action_return())
        self.do_send(0, how)

    def do_send(self, _which, how):
        if how == "unsent":
            return
        self.how = how
        for command in self.env["sire.mpesa.command"].search([("state", "=", "queued")], order="id"):
            command._send()
        self.how = "ok"

    def do_deliver(self, which, how):
        if not self.results:
            return
        token, ids, code, parameters = self.results[which % len(self.results)]
        for _copy in range(2 if how == "twice" else 1):
            self.report(self.find(token), code, ids=ids, **parameters)
        self.results.remove((token, ids, code, parameters))

    def do_time_out(self, which, _how):
        """Safaricom gives up what it has not told, or never did."""
        live = self.get_live()
        if live and live[which % len(live)].conversation_id:
            self.report(live[which % len(live)], 1, late=True)

    def do_forge(self, which, code):
        commands = self.get_commands("reversal")
        if commands:
            ids = {"OriginatorConversationID": "o-forged", "ConversationID": "AG_forged"}
            command = commands[which % len(commands)]
            if command.conversation_id:  # one without numbers adopts them and asks: its true result would be parked
                self.report(command, code, ids=ids, Amount="500")

    def do_wait(self, _which, how):
        for command in self.env["sire.mpesa.command"].search([("state", "in", ("sending", "sent", "unknown"))]):
            self.overdue(command, 1800)
        self.step()
        self.do_send(0, how)

    def do_give_up(self, which, _how):
        live = self.get_live().filtered(lambda command: command.state in ("sent", "unknown"))
        for command in live:
            self.overdue(command)
        if live:
            self.attempt(lambda: live[which % len(live)].with_user(self.accountant).action_not_returned())

    def do_assign(self, _which, how):
        parts = [(self.partner, self.env["account.move"], 500)]
        if how == "assign":
            self.attempt(lambda: self.lost_receipt._assign(parts))
        else:
            self.attempt(lambda: self.lost_receipt.action_take_back())

    def do_crash(self, which, _how):
        if not self.results:
            return
        before = list(self.results)
        try:
            with self.env.cr.savepoint():
                self.do_deliver(which, "once")
                raise Crash
        except Crash:
            self.results = before
            self.env.invalidate_all()

    def finish(self):
        """In the end everything is told."""
        for _turn in range(4):
            self.do_send(0, "ok")
            while self.results:
                self.do_deliver(0, "once")
            self.do_wait(0, "ok")

    # === WHAT HOLDS === #

    def check(self):
        """After each step."""
        self.env.flush_all()
        self.env.invalidate_all()
        for name, moved in self.returned.items():
            receipt = self.get_receipt(name)
            self.assertLessEqual(receipt.reversed_amount, moved, "the books say more than Safaricom did")
            live = self.get_live().filtered(lambda command, receipt=receipt: command.receipt_id == receipt)
            self.assertLessEqual(len(live), 1)
            self.assertEqual(receipt.returning_id, live)
        pending = self.tx.child_transaction_ids.filtered(lambda refund: refund.state == "pending")
        self.assertEqual(len(pending), len(self.get_receipt(PROMPT).returning_id), "no refund waits for nothing")
        self.assertEqual(sum(self.get_out(self.tx).mapped("amount")), self.get_receipt(PROMPT).reversed_amount)
        self.assertBooks()

    def check_end(self):
        domain = [("provider", "=", "mpesa_command"), ("state", "=", "received")]
        self.assertFalse(self.env["sire.webhook.event"].search(domain).mapped("error"), "handled, each of them")
        for name, moved in self.returned.items():
            self.assertEqual(self.get_receipt(name).reversed_amount, moved, "Safaricom did, and the books say")
        incoming = self.lost_receipt._get_incoming_account()
        self.assertEqual(self.get_balance(incoming), 1000 - sum(self.returned.values()))
