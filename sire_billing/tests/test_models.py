"""Which role meets which model of ours."""

from odoo.tests import HttpCase, new_test_user, tagged

from .common import BillingCommon

#: Who may read and who may change what came with M-Pesa, links, statements, sign-in, rights and the log; an administrator beside.
READERS = {
    "sire.mpesa.receipt": {"accountant", "viewer"},
    "sire.mpesa.receipt.evidence": {"accountant", "viewer"},
    "sire.mpesa.day": {"accountant", "viewer"},
    "sire.mpesa.alert": {"accountant", "viewer"},
    "sire.mpesa.command": {"accountant", "viewer"},
    "sire.mpesa.assign.wizard": {"accountant"},
    "sire.mpesa.statement.wizard": {"accountant"},
    "sire.mpesa.request.wizard": {"accountant"},
    "sire.mpesa.qr": set(),
    "sire.mpesa.token": set(),
    "sire.mpesa.setup": set(),
    "sire.client.claim": set(),
    "sire.invoice.void.wizard": {"accountant"},
    "sire.proof": set(),
    "sire.proof.file": set(),
    "sire.client.code": set(),
    "sire.client.link": {"accountant", "manager", "viewer"},
    "sire.client.sending": {"accountant", "manager", "viewer"},
    "sire.statement.link": set(),
    "sire.statement.wizard": {"accountant", "manager", "viewer"},
    "sire.cash.payment.wizard": {"accountant"},
    "sire.receipt.wizard": {"accountant"},
    "sire.quotation.approve.wizard": {"manager"},
    "sire.quotation.wizard": {"manager"},
    "sire.quotation.work": {"accountant", "manager", "viewer"},
    "sire.order.instalment": {"accountant", "manager", "viewer"},
    "sire.instalment.again.wizard": {"accountant", "manager"},
    "sire.signin.code": set(),
    "sire.signin.counter": set(),
    "sire.webhook.event": set(),
    "sire.access.resource": set(),
    "sire.access.action": set(),
    "sire.access.permission": set(),
    "sire.access.gate": set(),
    "sire.access.grant": set(),
    "sire.access.period": set(),
    "sire.access.duty": set(),
    "sire.access.change": set(),
    "sire.access.why": set(),
    "sire.audit.entry": set(),
    "sire.audit.checkpoint": set(),
    "sire.audit.erasure": set(),
    "sire.audit.erase.wizard": set(),
    "sire.audit.proof.wizard": set(),
}
#: What is kept and may be changed by more than administrators.
WRITERS = {"sire.order.instalment": {"manager"}}
#: Lines of wizards above.
PARTS = {
    "sire.mpesa.assign.line",
    "sire.mpesa.assign.suggestion",
    "sire.mpesa.statement.line",
    "sire.quotation.wizard.line",
}
#: Rooms that this one does not stand on: who reads their models is said in their own tests.
BESIDE = {"sire_cashier", "sire_reminder", "sire_retainer", "sire_stripe", "sire_withholding"}


@tagged("post_install", "-at_install")
class TestModels(BillingCommon, HttpCase):
    def test_who_reads_and_who_changes(self):
        everybody = {
            **{name: user for name, user in self.roles.items() if name != "admin"},
            "portal": new_test_user(self.env, "sire_test_portal", groups="base.group_portal"),
            "public": self.env.ref("base.public_user"),
        }
        for model, readers in READERS.items():
            for operation in ("read", "write", "create", "unlink"):
                found = {
                    name for name, user in everybody.items() if self.env[model].with_user(user).has_access(operation)
                }
                expected = readers if operation == "read" or self.env[model]._transient else WRITERS.get(model, set())
                with self.subTest(model, operation=operation):
                    self.assertEqual(found, expected)

    def test_every_model_of_ours_is_in_the_table(self):
        """A model that comes later is thought about."""
        ours = {
            name
            for name in self.env.registry
            if name.startswith("sire.")
            and not self.env[name]._abstract
            and name not in READERS
            and self.env[name]._original_module not in BESIDE
        }
        above = {name for name in ours if name.startswith("sire.cashier.")}  # its room has its own tests
        self.assertLessEqual(ours - above, {"sire.project.document", "sire.project.finish.wizard"} | PARTS)

    def test_a_developer_meets_no_amount_in_any_model(self):
        developer, found = self.user_developer, []
        for name in self.env.registry:
            model = self.env[name].with_user(developer)
            if model._abstract or model._transient or not model.has_access("read"):
                continue
            found += [f"{name}.{field}" for field, about in model.fields_get().items() if about["type"] == "monetary"]
        self.assertEqual(found, ["account.payment.term.example_amount"], "a made-up figure, the same for everybody")
