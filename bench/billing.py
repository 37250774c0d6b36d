"""From a quotation to its paid invoice, and a list of ten thousand invoices: with our modules and without.

Run by ``./sire bench billing``; the last line is one JSON object. How it is measured: bench/README.md.
"""

import argparse
import json
import statistics
import sys
import time

from lxml import etree

from host import settings, testing

OURS = ("sire_billing",)
LINES = 5
WARM = 3
LISTED = 10_000
MADE = 100  # by the host's own methods; the rest are copies of these, row by row
PAGE = 40  # what a list shows at first
STAFF = {
    "stock": ("account.group_account_manager", "sales_team.group_sale_manager"),
    "ours": ("sire_access.group_accountant", "sire_access.group_project_manager"),
}
HOST_LIST = "account.view_out_invoice_tree"
LIST = {"stock": HOST_LIST, "ours": "sire_billing.account_move_view_list"}


class Side:
    """One of the two databases, with somebody who may do it all and is no administrator.

    :param str kind: ``stock`` or ``ours``
    :param env: of the superuser
    """

    def __init__(self, kind, env):
        self.kind = kind
        user = env["res.users"].create(
            {
                "name": "Staff of the benchmark",
                "login": "bench",
                "email": "bench@sire.example",
                "group_ids": [(4, env.ref(group).id) for group in (*STAFF[kind], "base.group_user")],
            }
        )
        self.product = env["product.product"].create(
            {"name": "Maintenance", "type": "service", "invoice_policy": "order"}
        )
        self.partner = env["res.partner"].create({"name": "Client of the benchmark", "email": "client@sire.example"})
        self.tax = env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("amount", "=", 16), ("company_id", "=", env.company.id)], limit=1
        )
        self.journal = env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
        )
        env.cr.commit()
        self.env = env(user=user.id, context={"lang": "en_US", "tz": "Africa/Nairobi", "uid": user.id})

    def fresh(self):
        """Ends one request and begins the next: nothing is known from the one before."""
        self.env.cr.commit()
        self.env.transaction.reset()

    def quote_to_paid(self):
        """A quotation of five lines is written, given to its client, agreed to, invoiced and paid; each a request."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    (0, 0, {"product_id": self.product.id, "name": f"Week {week}", "product_uom_qty": week,
                            "price_unit": 4500, "tax_ids": [(6, 0, self.tax.ids)]})
                    for week in range(1, LINES + 1)
                ],
            }
        )  # fmt: skip
        self.fresh()
        order.action_quotation_sent()
        self.fresh()
        if self.kind == "ours":
            # as the client's page calls it: one tap, and the invoice is there
            invoice = order.sudo()._sire_approve("Wanjiku Mwangi", order.sire_sent_digest).with_env(self.env)
        else:
            order.action_confirm()
            self.fresh()
            invoice = order._create_invoices(final=True)
            self.fresh()
            invoice.action_post()
        self.fresh()
        self.pay(invoice)
        return invoice

    def pay(self, invoice):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"journal_id": self.journal.id}).action_create_payments()
        self.fresh()

    def draft(self, partner=None):
        """:return: an invoice of five lines with VAT, not posted"""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.partner).id,
                "invoice_line_ids": [
                    (0, 0, {"name": f"Week {week}", "quantity": week, "price_unit": 4500, "tax_ids": [(6, 0, self.tax.ids)]})
                    for week in range(1, LINES + 1)
                ],
            }
        )  # fmt: skip
        self.fresh()
        return invoice

    def post(self, invoice):
        invoice.action_post()
        self.fresh()

    def fill(self):
        """Posted invoices of a hundred clients until there are ten thousand, the later ones copied row by row."""
        for number in range(MADE):
            partner = self.env["res.partner"].sudo().create({"name": f"Client {number}"})
            self.post(self.draft(partner))
        cr = self.env.cr
        cr.execute("SELECT max(id), min(id) FROM (SELECT id FROM account_move ORDER BY id DESC LIMIT %s) made", [MADE])
        last, first = cr.fetchone()
        cr.execute("SET LOCAL session_replication_role = replica")  # rows of a benchmark, no books: no triggers, no log
        columns = {}
        for table in ("account_move", "account_move_line"):
            cr.execute(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_name = %s AND is_generated = 'NEVER' AND column_name <> 'id'""",
                [table],
            )
            columns[table] = [name for (name,) in cr.fetchall()]
        cr.execute("SELECT max(id) FROM account_move")
        base = cr.fetchone()[0]
        for copy in range(1, LISTED // MADE):
            shift = base - first + 1 + (copy - 1) * (last - first + 1)
            own = {
                "name": "name || '-' || %(copy)s",
                "access_token": "NULL",
                "payment_reference": "NULL",
                "mpesa_reference": "NULL",
            }
            for table, key, kept in (
                ("account_move", "id", {**own, "sequence_number": f"sequence_number + {copy * MADE}"}),
                ("account_move_line", "move_id", {"move_id": "move_id + %(shift)s"}),
            ):
                names = ", ".join(f'"{name}"' for name in columns[table])
                values = ", ".join(kept.get(name, f'"{name}"') for name in columns[table])
                target, source = ("id, ", "id + %(shift)s, ") if key == "id" else ("", "")
                cr.execute(
                    f"INSERT INTO {table} ({target}{names}) SELECT {source}{values} FROM {table}"
                    f" WHERE {key} BETWEEN %(first)s AND %(last)s",
                    {"copy": copy, "shift": shift, "first": first, "last": last},
                )
        cr.execute("SELECT setval('account_move_id_seq', (SELECT max(id) FROM account_move))")
        self.env.cr.commit()
        cr.execute("ANALYZE account_move")
        cr.execute("ANALYZE account_move_line")
        self.fresh()

    def list_specification(self, view_xmlid):
        """:return: what the web client asks for when it shows invoices with that list"""
        view = self.env.ref(view_xmlid)
        model = self.env["account.move"]
        found = {}
        for node in etree.fromstring(model.get_view(view.id, "list")["arch"]).iter("field"):
            field = model._fields[node.get("name")]
            found[field.name] = {"fields": {"display_name": {}}} if field.type in ("many2one", "many2many") else {}
        return found

    def list(self, specification):
        found = self.env["account.move"].web_search_read(
            [("move_type", "in", ("out_invoice", "out_refund"))], specification, limit=PAGE, count_limit=LISTED + 1
        )
        if len(found["records"]) != PAGE or found["length"] < LISTED:
            raise SystemExit(f"The list of the benchmark is not whole: {found['length']}")
        self.fresh()


def by_turns(sides, step, rounds, prepare=lambda side: ()):
    """Both take turns, so that both meet the same machine.

    :return: medians of each: milliseconds on the clock and of this thread's processor, and statements to the database
    """
    times = {side.kind: [] for side in sides}
    processor = {side.kind: [] for side in sides}
    statements = {side.kind: [] for side in sides}
    for number in range(rounds + WARM):
        for side in sides if number % 2 else reversed(sides):
            arguments = prepare(side)
            asked = side.env.cr.sql_log_count
            started, computed = time.perf_counter(), time.thread_time()
            step(side, *arguments)
            times[side.kind].append((time.perf_counter() - started) * 1000)
            processor[side.kind].append((time.thread_time() - computed) * 1000)
            statements[side.kind].append(side.env.cr.sql_log_count - asked)
    return [
        {kind: round(statistics.median(found[WARM:]), 1) for kind, found in measured.items()}
        for measured in (times, processor, statements)
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25, help="of each step and side; the median counts")
    arguments = parser.parse_args()
    from bench.audit import environment

    bench, stock_name = testing.prepared(())
    _bench, ours_name = testing.prepared(OURS)
    conf = settings.write("bench-billing", bench.odoo, bench.cluster)
    result = {}

    def note(name, found):
        for unit, measured in zip(("ms", "cpu_ms", "sql"), found, strict=True):
            result.update({f"{name}_{unit}": measured["ours"], f"stock_{name}_{unit}": measured["stock"]})
        print(json.dumps(result), flush=True)

    try:
        sides = [Side("stock", environment(stock_name, conf)), Side("ours", environment(ours_name, conf))]
        note("quote_to_paid", by_turns(sides, Side.quote_to_paid, arguments.rounds))
        note("post", by_turns(sides, Side.post, arguments.rounds, lambda side: [side.draft()]))

        def posted(side):
            invoice = side.draft()
            side.post(invoice)
            return [invoice]

        note("pay", by_turns(sides, Side.pay, arguments.rounds, posted))
        for side in sides:
            side.fill()
        for name, views in (("list_10k", LIST), ("list_10k_host_view", dict.fromkeys(LIST, HOST_LIST))):
            asked = {side.kind: side.list_specification(views[side.kind]) for side in sides}
            note(name, by_turns(sides, Side.list, arguments.rounds, lambda side, asked=asked: [asked[side.kind]]))
        for side in sides:
            side.env.cr.close()
    finally:
        for name in (stock_name, ours_name):
            bench.databases.drop(name)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
