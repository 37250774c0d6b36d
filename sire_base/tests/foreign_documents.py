"""Mixin: the forms of the installed modules of ours, and the rows that people make, are given documents of another company."""

import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError

RECORD = ("many2one", "many2many")
# what everybody may know of everybody, or what the host keeps on documents by itself
OF_EVERYBODY = ("res.users", "res.currency", "mail.", "rating.", "ir.attachment")


class NothingOfOnesOwn(Exception):
    """A form is about a document, and the test has none."""


class ForeignDocuments:
    """Put before a TransactionCase with two companies."""

    # what a form or row does not take from whoever fills it in: its own create() or write() writes, asks for or refuses it
    passed_over = {
        ("sire.mpesa.request.wizard.company_id", "create"),
        ("sire.mpesa.request.wizard.company_id", "default"),
        ("sire.mpesa.request.wizard.invoice_ids", "default"),
        ("sire.mpesa.request.wizard.offered_ids", "default"),
        ("sire.mpesa.request.wizard.partner_id", "create"),
        ("sire.mpesa.request.wizard.partner_id", "default"),
        ("sire.order.instalment.move_id", "write"),
        ("sire.project.document.project_id", "write"),
    }
    wanted = {"sire.mpesa.request.wizard.invoice_ids"}  # beside what is required
    written = {
        "sire.project.document": {"url": "https://docs.example.co.ke/brief"}
    }  # what rows have to say of themselves

    def assertFormsShowNothing(self, user, foreign):
        """Name the documents of `foreign` in every field, of every form of ours that a user may fill in, that can hold
        one, by JSON-2's three ways: created, written, and asked about before it is saved.

        :param foreign: records, by model, that the user may not read
        :return: the fields that were tried, as ``model.field``
        """
        for record in foreign.values():
            self.assertFalse(record.with_user(user).has_access("read"), record)
        tried = set()
        for name, model in sorted(self.registry.models.items()):
            forms = self.env[name].with_user(user)
            if not name.startswith("sire.") or not model._transient or not forms.has_access("create"):
                continue
            for field in forms._fields.values():
                if field.type in RECORD and not (field.compute or field.related) and field.comodel_name in foreign:
                    if not field.groups:
                        tried.add(str(field))
                        self._check_field(forms, field, foreign[field.comodel_name])
        return tried

    def _check_field(self, forms, field, record):
        one = record.id if field.type == "many2one" else [Command.set(record.ids)]
        spec = {
            name: {"fields": {"display_name": {}}} if forms._fields[name].relational else {} for name in forms._fields
        }
        own = self._fill(forms)
        rest = {name: value for name, value in own.items() if name != field.name}
        default = forms.with_context(**{f"default_{field.name}": one})
        ways = {
            "create": lambda: forms.create({**rest, field.name: one}),
            "write": lambda: forms.create(own).write({field.name: one}),
            "default": lambda: default.create(rest),
            "onchange": lambda: forms.onchange({field.name: one}, [field.name], spec),
            "onchange of defaults": lambda: default.onchange({}, [], spec),
        }
        self._try_ways(field, ways)

    def _try_ways(self, field, ways):
        for way, ask in ways.items():
            self.env.flush_all()
            self.env.invalidate_all()
            if (str(field), way) in self.passed_over:
                continue
            with self.subTest(field=str(field), way=way), self.assertRaises(AccessError), self.cr.savepoint():
                ask()

    def assertRowsShowNothing(self, user, foreign):
        """The same for the rows that a user may make or change, of all models of ours, and for what models of the host name.

        :return: the fields that were tried, as ``model.field``
        """
        tried, rooms = set(), self._get_rooms()
        for name, model in sorted(self.registry.models.items()):
            rows = self.env[name].with_user(user)
            if model._original_module not in rooms:
                continue
            of_host = getattr(rows, "_sire_named", None)
            kept = (name.startswith("sire.") or of_host) and not (model._transient or model._abstract)
            if not kept or not (rows.has_access("create") or rows.has_access("write")):
                continue
            for field in rows._fields.values():
                is_given = field.relational and not field.related and not (field.compute and field.readonly)
                if of_host and (field.name not in of_host or not rows._has_field_access(field, "write")):
                    continue
                if not is_given or field.comodel_name.startswith(OF_EVERYBODY):
                    continue
                with self.subTest(field=str(field), user=user.login):
                    self.assertIn(field.comodel_name, foreign, "one of another company is wanted")
                    tried.add(str(field))
                    self._check_row_field(rows, field, foreign[field.comodel_name])
        return tried

    def _get_rooms(self):
        """:return: names of the modules that this test knows: other rooms' rows are for the tests of those rooms"""
        home = self.env["ir.module.module"].search([("name", "=", self.test_module)])
        return {self.test_module, *home.upstream_dependencies(exclude_states=("",)).mapped("name")}

    def _check_row_field(self, rows, field, record):
        def value_of(documents):
            return documents.id if field.type == "many2one" else [Command.link(number) for number in documents.ids]

        spec = {
            name: {"fields": {"display_name": {}}} if rows._fields[name].relational else {} for name in rows._fields
        }
        if not rows._name.startswith("sire."):
            spec = {field.name: spec[field.name]}
        own, mine = self._find_own(rows), self._find_own(self.env[field.comodel_name].with_user(rows.env.user))
        given = {field.name: value_of(record)}
        default = rows.with_context(**{f"default_{field.name}": value_of(record)})
        ways = {
            "onchange": lambda: rows.onchange(given, [field.name], spec),
            "onchange of another": lambda: rows.onchange(given, ["display_name"], spec),
            "onchange of defaults": lambda: default.onchange({}, [], spec),
        }
        if own:
            ways["onchange of a row"] = lambda: own.onchange(given, [field.name], spec)
        if rows.has_access("create"):
            rest = {name: value for name, value in self._fill(rows).items() if name != field.name}
            ways["create"] = lambda: rows.create({**rest, **given})
            ways["default"] = lambda: default.create(rest)
            if field.type == "many2one":
                self._check_numbers(rows, field, rest, record)
        if rows.has_access("write") and own:
            ways["write"] = lambda: own.write(given)
        self.assertTrue(own or "create" in ways, "a row of one's own is wanted")
        self._try_ways(field, ways)
        if mine:  # it is not the asking that is refused
            rows.onchange({field.name: value_of(mine)}, [field.name], spec)

    def _check_numbers(self, rows, field, rest, record):
        """The database takes these for the number of the record."""
        for number in (str(record.id), f" {record.id} ", float(record.id)):
            if (str(field), "create") not in self.passed_over:
                with self.subTest(field=str(field), number=number), self.assertRaises(UserError), self.cr.savepoint():
                    rows.create({**rest, field.name: number}).flush_recordset()

    def _fill(self, forms):
        """:return: values for what is required, so that nothing but the document can be refused"""
        values = {}
        defaults = forms.default_get(list(forms._fields))
        for name, field in forms._fields.items():
            required = field.required or str(field) in self.wanted
            if not required or field.compute or field.related or name in defaults:
                continue
            if field.type == "selection":
                values[name] = field.get_values(forms.env)[0]
            elif field.type in RECORD:
                comodel = self.env[field.comodel_name].with_user(forms.env.user)
                own = comodel.create(self._fill(comodel)) if comodel._transient else self._find_own(comodel)
                if not own:
                    raise NothingOfOnesOwn(f"a {field.comodel_name} of one's own is wanted")
                values[name] = own.id if field.type == "many2one" else [Command.set(own.ids)]
            elif field.type == "date":
                values[name] = datetime.date(2026, 11, 20)
            else:
                values[name] = "1" if field.type == "char" else 1
        return values | self.written.get(forms._name, {})

    def _find_own(self, documents):
        domain = [("move_type", "=", "out_invoice")] if documents._name == "account.move" else []
        return documents.search(domain, limit=1)

    def assertFormsAreOnesOwn(self, user, other):
        """What one user fills in is not another's to read. Forms about documents of which the test has none are for the
        test of the room that makes them.

        :return: the forms that were tried, by model
        """
        tried = set()
        for name, model in sorted(self.registry.models.items()):
            forms = self.env[name].with_user(user)
            if name.startswith("sire.") and model._transient and forms.has_access("create"):
                with self.subTest(model=name), self.cr.savepoint():
                    try:
                        values = self._fill(forms)
                    except NothingOfOnesOwn:
                        continue
                    tried.add(name)
                    form = forms.create(values)
                    self.assertTrue(form.has_access("read"))
                    self.assertFalse(form.with_user(other).has_access("read"))
        return tried
