import json
import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

LINK = re.compile(r"(\w+)([+-])(\d+)")
LONG = 300  # characters of a value that are shown


class SireAuditEntryReading(models.Model):
    """How people read an entry: names instead of ids, labels instead of columns."""

    _inherit = "sire.audit.entry"

    user_id = fields.Many2one("res.users", "Person", compute="_compute_people", search="_search_user_id")
    as_user_id = fields.Many2one("res.users", "In the Name of", compute="_compute_people")
    who = fields.Char(compute="_compute_people", help="The person, or the program that used SQL.")
    login = fields.Char(compute="_compute_place")
    address = fields.Char("IP Address", compute="_compute_place")
    device = fields.Char(compute="_compute_place")
    what = fields.Char(compute="_compute_what")
    document = fields.Char("On What", compute="_compute_document")
    changes = fields.Html(compute="_compute_changes", sanitize=False)
    summary = fields.Char("Changes", compute="_compute_changes")
    chained = fields.Selection([("waiting", "Waiting"), ("yes", "Chained")], "Chain", compute="_compute_chained")

    # === COMPUTES === #

    def _personal(self, path):
        """:return: the value, or what stands where it was erased; None where there never was one"""
        self.ensure_one()
        if path in (self.personal or {}):
            return self.personal[path][1]
        return self.env._("(erased)") if path in json.loads(self.digests or "{}") else None

    @api.depends("uid", "as_uid")
    def _compute_people(self):
        # readers of the log see who it was, whatever they may see of users
        users_sudo = self.env["res.users"].sudo().browse({*self.mapped("uid"), *self.mapped("as_uid")} - {0}).exists()
        for entry in self:
            entry.user_id = users_sudo.filtered(lambda user, entry=entry: user.id == entry.uid)
            other = entry.as_uid if entry.as_uid != entry.uid else 0
            entry.as_user_id = users_sudo.filtered(lambda user, other=other: user.id == other)
            tried = entry._personal("tried.login") if entry.kind == "signin" else None
            entry.who = tried or entry.user_id.name or entry._personal("who.login") or entry.source

    @api.depends("personal")
    def _compute_place(self):
        for entry in self:
            entry.login = entry._personal("who.login")
            entry.address = entry._personal("who.ip")
            entry.device = entry._personal("who.agent")

    @api.depends("action")
    def _compute_what(self):
        labels = self._action_labels()
        for entry in self:
            entry.what = labels.get(entry.action) or (entry.action or "").replace("_", " ").capitalize()

    @api.depends("model", "res_id", "name")
    def _compute_document(self):
        for entry in self:
            label = self._model_label(entry.model) if entry.model else ""
            name = entry.name or entry._personal("name") or (f"#{entry.res_id}" if entry.res_id else "")
            entry.document = f"{label}: {name}" if label and name else label or name or entry._asked()

    @api.depends("before", "after", "personal")
    def _compute_changes(self):
        for entry in self:
            rows = entry._rows()
            cells = Markup("<tr><td>%s</td><td class='text-muted'>%s</td><td>%s</td></tr>")
            head = Markup("<thead><tr><th>%s</th><th>%s</th><th>%s</th></tr></thead>") % (
                self.env._("Field"),
                self.env._("Before"),
                self.env._("After"),
            )
            body = Markup().join(cells % row for row in rows)
            entry.changes = (
                Markup("<table class='table table-sm'>%s<tbody>%s</tbody></table>") % (head, body) if rows else False
            )
            if entry.kind in ("denied", "output", "signin", "system"):
                entry.summary = " ".join(filter(None, (entry._personal("who.said"), entry.note)))
                continue
            entry.summary = ", ".join(
                f"{label}: {before} → {after}" if before and after else f"{label}: {after or before}"
                for label, before, after in rows[:4]
            )

    @api.depends("seq")
    def _compute_chained(self):
        for entry in self:
            entry.chained = "yes" if entry.seq else "waiting"

    @api.depends("what", "document")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = " · ".join(filter(None, (entry.what, entry.document)))

    def _search_user_id(self, operator, value):
        if operator not in ("in", "ilike", "any", "="):
            return NotImplemented
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)  # readers search by person
        if operator == "any":
            # with the reader's own rights: a path such as user_id.phone asks about anything that a person has
            ids = users_sudo.sudo(self.env.su).search(value).ids
        elif operator == "ilike":
            ids = users_sudo.search(Domain("name", "ilike", value) | Domain("login", "ilike", value)).ids
        else:
            ids = [value] if isinstance(value, int) else [item for item in value if item]
        return Domain("uid", "in", ids) | Domain("as_uid", "in", ids)

    # === ACTIONS === #

    def action_open_record(self):
        """Button: the record itself, where it still is and may be seen."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    def action_together(self):
        """Button: what the same transaction did."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sire_audit.action_sire_audit_entry")
        return {**action, "domain": [("txid", "=", self.txid), ("at", ">=", self.at), ("id", "!=", 0)], "context": {}}

    # === HELPERS === #

    def _asked(self):
        """What a refused request wanted: ``model.method``."""
        asked = json.loads(self.after or "{}")
        return (
            ".".join(filter(None, (asked.get("model"), asked.get("method"))))
            if self.kind in ("denied", "output")
            else ""
        )

    @api.model
    def _action_labels(self):
        """Names of actions; modules above add theirs."""
        return {
            "create": self.env._("Created"),
            "write": self.env._("Changed"),
            "delete": self.env._("Deleted"),
            "truncate": self.env._("Table emptied"),
            "post": self.env._("Posted"),
            "void": self.env._("Voided"),
            "reset": self.env._("Reset to draft"),
            "refund": self.env._("Refunded"),
            "send": self.env._("Sent"),
            "approve": self.env._("Approved"),
            "decline": self.env._("Declined"),
            "open": self.env._("Opened by the client"),
            "book": self.env._("Booked"),
            "reverse": self.env._("Reversed"),
            "revoke": self.env._("Revoked"),
            "receipt": self.env._("Receipt given"),
            "pay": self.env._("Paid"),
            "fail": self.env._("Failed"),
            "signin": self.env._("Signed in"),
            "failed": self.env._("Sign-in failed"),
            "signout": self.env._("Signed out everywhere"),
            "unlock": self.env._("Let in again"),
            "denied": self.env._("Refused"),
            "export": self.env._("Exported"),
            "print": self.env._("Printed"),
            "password": self.env._("Password changed"),
            "activate": self.env._("Activated"),
            "deactivate": self.env._("Deactivated"),
            "install": self.env._("Installed"),
            "uninstall": self.env._("Uninstalled"),
            "erase": self.env._("Personal data erased"),
            "proof": self.env._("Exported with proof"),
            "start": self.env._("Log begun"),
        }

    @api.model
    def _model_label(self, model):
        return self.env["ir.model"].sudo()._get(model).name or model

    def _rows(self):
        """:return: (label, before, after) of every value, texts for people"""
        self.ensure_one()
        before, after = json.loads(self.before or "{}"), json.loads(self.after or "{}")
        for path in json.loads(self.digests or "{}"):
            side, _dot, name = path.partition(".")
            if side in ("before", "after"):
                (before if side == "before" else after)[name] = self._personal(path)
        rows = []
        for name in dict.fromkeys([*before, *after]):
            if name in before and name in after and before[name] == after[name] and before[name] != "(secret)":
                continue  # changed and changed back
            label, show = self._reader_of(name)
            rows.append(
                (
                    label,
                    show(before.get(name)) if name in before else "",
                    show(after.get(name)) if name in after else "",
                )
            )
        return rows

    def _reader_of(self, name):
        """:return: (label, function from a value to a text) of a column"""
        link = LINK.fullmatch(name)
        model = self.env.get(self.model or "")
        field = model._fields.get(link[1] if link else name) if model is not None else None
        if field is None:
            return name, self._plain
        label = field._description_string(self.env) or name
        if link:
            return (
                label,
                lambda value: f"{'+' if link[2] == '+' else '−'} {self._named(field.comodel_name, int(link[3]))}",
            )
        if field.type == "many2one":
            return label, lambda value: self._named(field.comodel_name, value) if value else ""
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return label, lambda value: labels.get(value, self._plain(value))
        return label, self._plain

    def _named(self, model, res_id):
        # the log says names that its reader might not see elsewhere
        record_sudo = self.env[model].sudo().browse(res_id).exists() if model in self.env else None
        return record_sudo.display_name if record_sudo else f"#{res_id}"

    def _plain(self, value):
        if value is None or value is False:
            return ""
        if value is True:
            return self.env._("Yes")
        if value == "(secret)":
            return self.env._("(secret)")
        if isinstance(value, dict):
            value = value.get(self.env.lang) or value.get("en_US") or value
        if isinstance(value, float):
            value = f"{value:,.2f}"
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return text[:LONG]
