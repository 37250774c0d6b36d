"""Each rule against a tiny house that is in order, and against one that breaks exactly this rule."""

import pytest

from . import rules_arrows, rules_layout, rules_security, rules_sources
from .house import House

ALL_RULES = [*rules_arrows.RULES, *rules_layout.RULES, *rules_security.RULES, *rules_sources.RULES]

MANIFEST = """{
    "name": "Thing", "summary": "A thing", "version": "19.0.1.0.0", "category": "Services", "author": "SIRE",
    "license": "LGPL-3", "depends": ["web"],
    "data": ["security/ir.model.access.csv", "security/sire_thing_security.xml"],
}
"""
MODEL = """from odoo import fields, models


class SireThing(models.Model):
    _name = "sire.thing"

    company_id = fields.Many2one("res.company")
"""
RULE = """<odoo>
    <record id="sire_thing_rule" model="ir.rule">
        <field name="model_id" ref="model_sire_thing"/>
        <field name="domain_force">[('company_id', 'in', company_ids)]</field>
    </record>
</odoo>
"""
ACCESS = """id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
access_sire_thing,thing,model_sire_thing,base.group_user,1,0,0,0
"""


def po(*texts):
    return "".join(f'msgid "{english}"\nmsgstr "{swahili}"\n\n' for english, swahili in (("", ""), *texts))


GOOD = {
    "sire_base/__manifest__.py": MANIFEST,
    "sire_base/__init__.py": "from . import models\n",
    "sire_base/README.md": "A thing\n",
    "sire_base/static/description/icon.png": "png",
    "sire_base/static/description/index.html": "<p/>",
    "sire_base/i18n/sire_base.pot": po(("Pay", "")),
    "sire_base/i18n/sw.po": po(("Pay", "Lipa")),
    "sire_base/models/__init__.py": "from . import sire_thing\n",
    "sire_base/models/sire_thing.py": MODEL,
    "sire_base/security/ir.model.access.csv": ACCESS,
    "sire_base/security/sire_thing_security.xml": RULE,
    "sire_base/tests/__init__.py": "from . import test_thing\n",
    "sire_base/tests/test_thing.py": "",
    "sandbox/__init__.py": "",
    "host/__init__.py": "",
}
MODULE_2 = {name.replace("sire_base", "sire_access"): text for name, text in GOOD.items() if name.startswith("sire_")}
MODULE_2["sire_access/models/sire_thing.py"] = MODEL.replace("sire.thing", "sire.thing.two")
MODULE_2["sire_access/models/__init__.py"] = ""
ROUTE = """from odoo import http


class Door(http.Controller):
    @http.route("/door", type="http", auth="public", csrf=False)
    def door(self):
        {said}
        return ""
"""


def field(line):
    return MODEL + f"    {line}\n"


def code(body):
    return "from odoo import models\n\n\ndef work(self, cr, UserError):\n    " + body.replace("\n", "\n    ") + "\n"


WORK = "sire_base/wizards/work.py"
CASES = [
    ("depends_are_allowed", {"sire_base/__manifest__.py": MANIFEST.replace('"web"', '"sire_billing"')}),
    ("depends_are_allowed", {"sire_cellar/__manifest__.py": MANIFEST}),
    ("imports_point_down", {WORK: "from odoo.addons.sire_access.const import X\n"}),
    ("imports_point_down", {WORK: "import odoo.addons.sire_demo\n"}),
    ("imports_point_down", {WORK: "from sire_base.utils import phone\n"}),
    ("imports_point_down", {"sire_base/tests/test_thing.py": "from odoo.addons.sire_demo import x\n"}),
    ("references_point_down", {"sire_base/views/a.xml": '<odoo><field ref="sire_billing.menu"/></odoo>'}),
    ("references_point_down", {WORK: code('return self.env.ref("sire_billing.menu")')}),
    ("modules_do_not_know_the_outside", {WORK: "from sandbox.daraja import X\n"}),
    ("modules_do_not_know_the_outside", {WORK: "import host.testing\n"}),
    ("the_outside_does_not_know_modules", {"sandbox/a.py": "from odoo.addons.sire_base.utils import phone\n"}),
    ("the_outside_does_not_know_modules", {"host/a.py": "import sire_base\n"}),
    ("one_door_out", {WORK: "import requests\n"}),
    ("one_door_out", {WORK: "def f():\n    from urllib.request import urlopen\n"}),
    ("one_door_out", {"sire_base/a/client.py": "import requests\n", "sire_base/b/client.py": "import requests\n"}),
    ("manifests_are_complete", {"sire_base/__manifest__.py": MANIFEST.replace("19.0.1.0.0", "1.0")}),
    ("manifests_are_complete", {"sire_base/__manifest__.py": MANIFEST.replace("LGPL-3", "MIT")}),
    ("manifests_are_complete", {"sire_base/__manifest__.py": MANIFEST.replace('"SIRE"', '"Me"')}),
    ("manifests_are_complete", {"sire_base/__manifest__.py": MANIFEST.replace('"summary"', '"sumary"')}),
    ("listed_files_exist", {"sire_base/security/sire_thing_security.xml": None}),
    ("data_files_are_listed", {"sire_base/views/forgotten_views.xml": "<odoo/>"}),
    (
        "assets_exist",
        {"sire_base/__manifest__.py": MANIFEST[:-2] + '"assets": {"web.assets": ["sire_base/static/src/a.js"]},}'},
    ),
    ("standard_files_are_there", {"sire_base/i18n/sw.po": None}),
    ("standard_files_are_there", {"sire_base/README.md": None}),
    ("tests_are_run", {"sire_base/tests/__init__.py": ""}),
    ("tests_are_run", {"sire_base/tests/test_thing.py": None}),
    ("hooks_exist", {"sire_base/__manifest__.py": MANIFEST[:-2] + '"post_init_hook": "gone"}'}),
    ("swahili_is_kept", {"sire_base/i18n/sw.po": po(("Pay", "Lipa"), ("Gone", "Kwaheri"))}),
    ("swahili_is_kept", {"sire_base/i18n/sw.po": po(("Pay", ""))}),
    (
        "swahili_is_kept",
        {"sire_base/i18n/sire_base.pot": po(("Pay %s", "")), "sire_base/i18n/sw.po": po(("Pay %s", "Lipa"))},
    ),
    (
        "texts_of_code_are_marked",
        {"sire_base/i18n/sw.po": po(("Pay", "Lipa")).replace('msgid "Pay"', '#: code:addons/a.py:0\nmsgid "Pay"')},
    ),
    ("every_model_has_an_access_row", {"sire_base/security/ir.model.access.csv": ACCESS.splitlines()[0]}),
    ("every_company_bound_model_has_a_rule", {"sire_base/security/sire_thing_security.xml": "<odoo/>"}),
    (
        "every_company_bound_model_has_a_rule",
        {"sire_base/security/sire_thing_security.xml": RULE.replace("company_ids", "[1]")},
    ),
    ("public_routes_say_why", {WORK: ROUTE.format(said='"""Opens."""')}),
    ("public_routes_say_why", {WORK: ROUTE.format(said="# auth public: the code in the address is the credential")}),
    ("secrets_are_for_administrators", {"sire_base/models/sire_thing.py": field("api_secret = fields.Char()")}),
    (
        "secrets_are_for_administrators",
        {"sire_base/models/sire_thing.py": field('passkey = fields.Char(groups="base.group_user")')},
    ),
    (
        "secrets_are_neutralized",
        {"sire_base/models/sire_thing.py": field('passkey = fields.Char(groups="base.group_system")')},
    ),
    ("sudo_is_visible", {WORK: code("partner = self.sudo()  # may read all")}),
    ("sudo_is_visible", {WORK: code("partners = self.env['a'].sudo().search([])  # may read all")}),
    ("sudo_is_visible", {WORK: code("partner_sudo = self.sudo()")}),
    ("files_are_short", {WORK: "a = 1\n" * 301}),
    ("files_are_short", {"sire_base/controllers/door.py": ROUTE.format(said="# auth, csrf") + "a = 1\n" * 125}),
    ("nothing_is_printed", {WORK: code("print(self)")}),
    ("no_bare_except", {WORK: code("try:\n    pass\nexcept:\n    raise")}),
    ("no_bare_except", {WORK: code("try:\n    self.a()\nexcept Exception:\n    pass")}),
    ("no_commit_of_the_callers_transaction", {WORK: code("self.env.cr.commit()")}),
    ("no_commit_of_the_callers_transaction", {WORK: code("cr.rollback()")}),
    ("queries_are_sql_objects", {WORK: code('cr.execute("SELECT 1")')}),
    ("queries_are_sql_objects", {WORK: code('cr.execute(f"SELECT {self}")')}),
    ("queries_are_sql_objects", {WORK: code('self.env.cr.execute("SELECT %s" % self)')}),
    ("user_texts_are_translatable", {WORK: code('raise UserError("No.")')}),
    ("user_texts_are_translatable", {WORK: code('raise UserError(f"No {self}.")')}),
    ("models_have_their_own_file", {"sire_base/models/sire_thing.py": MODEL.replace("sire.thing", "sire.other")}),
    ("models_have_their_own_file", {"sire_base/models/sire_thing.py": MODEL + MODEL.split("models\n", 1)[1]}),
    (
        "views_are_extended_not_replaced",
        {"sire_base/security/sire_thing_security.xml": RULE + '<xpath expr="//a" position="replace"/>'},
    ),
    ("no_path_of_a_machine", {"docs/guide.md": "See /" + "home/mary/sire.\n"}),
    ("no_path_of_a_machine", {WORK: "A = '/" + "root/x'\n"}),
    (
        "fields_say_their_currency",
        {"sire_base/models/sire_thing.py": field("amount = fields.Monetary()")},
    ),
]


def build(root, files):
    for name, text in files.items():
        if text is None:
            continue
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return House(root)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.__name__)
def test_a_house_in_order_passes(tmp_path, rule):
    assert list(rule(build(tmp_path, GOOD))) == []


@pytest.mark.parametrize(("name", "files"), CASES, ids=[f"{i}-{case[0]}" for i, case in enumerate(CASES)])
def test_a_broken_rule_is_found(tmp_path, name, files):
    house = build(tmp_path, {**GOOD, **files})
    rule = next(rule for rule in ALL_RULES if rule.__name__ == name)
    assert list(rule(house))


def test_every_rule_has_a_case():
    assert {case[0] for case in CASES} == {rule.__name__ for rule in ALL_RULES}


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("sudo_is_visible", {WORK: code("value = self.sudo().get_param('a')")}),
        ("sudo_is_visible", {WORK: code("# may read all\npartner_sudo = self.sudo()")}),
        ("sudo_is_visible", {WORK: code("mine = self.sudo(False)")}),
        (
            "public_routes_say_why",
            {WORK: ROUTE.format(said="# auth public: the code is the credential; no csrf: no cookie is trusted")},
        ),
        ("one_door_out", {"sire_base/client.py": "import requests\n"}),
        ("one_door_out", {"sire_base/tests/test_thing.py": "import requests\n"}),
        ("user_texts_are_translatable", {WORK: code('raise UserError(self.env._("No."))')}),
        ("queries_are_sql_objects", {WORK: code('cr.execute(SQL("SELECT 1"))')}),
        (
            "views_are_extended_not_replaced",
            {"sire_base/views/a.xml": '<odoo>\n<!-- why -->\n<xpath expr="//a" position="replace"/>\n</odoo>'},
        ),
        (
            "secrets_are_neutralized",
            {
                "sire_base/models/sire_thing.py": field('passkey = fields.Char(groups="base.group_system")'),
                "sire_base/data/neutralize.sql": "UPDATE sire_thing SET passkey = NULL;\n",
            },
        ),
        ("imports_point_down", {**MODULE_2, "sire_access/__manifest__.py": MANIFEST.replace('"web"', '"sire_base"'),
                                "sire_access/a.py": "from odoo.addons.sire_base import exceptions\n"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_allowed_passes(tmp_path, name, files):
    house = build(tmp_path, {**GOOD, **files})
    rule = next(rule for rule in ALL_RULES if rule.__name__ == name)
    assert list(rule(house)) == []
