"""Who may read and change what."""

import ast
import re

from .house import dotted, keyword

SECRET = re.compile(r"(^|_)(secret|passkey|password|consumer_key|api_key|private_key|auth_token|credential)s?(_|$)")
# a field that sounds like a credential and is none: (module, field)
NOT_SECRET = set()
GIVES_RECORDS = {
    "sudo", "browse", "search", "search_fetch", "create", "copy", "filtered", "filtered_domain", "sorted", "exists",
    "with_context", "with_company", "try_lock_for_update", "ref",
}  # fmt: skip


def every_model_has_an_access_row(house):
    for module in house.modules.values():
        for model in module.models:
            if model.name and model.kind != "AbstractModel" and model.name not in model.inherits:
                if f"model_{model.name.replace('.', '_')}" not in module.access_rows:
                    yield f"{model.source.at(model.node)}: {model.name} has no row in security/ir.model.access.csv"


def every_company_bound_model_has_a_rule(house):
    for module in house.modules.values():
        security = "\n".join(text for file, text in module.xml_text.items() if file.startswith("security/"))
        rules = re.findall(r"<record[^>]*model=\"ir\.rule\".*?</record>", security, re.DOTALL)
        for model in module.models:
            if not model.name or model.kind != "Model" or model.name in model.inherits:
                continue
            company = model.fields.get("company_id")
            computed = company and (keyword(company, "related") or keyword(company, "compute"))
            if not company or (computed and not keyword(company, "store")):
                continue
            xmlid = f"model_{model.name.replace('.', '_')}"
            if not any(re.search(rf"ref=\"(\w+\.)?{xmlid}\"", rule) and "company_ids" in rule for rule in rules):
                yield f"{model.source.at(model.node)}: {model.name} has company_id and no rule on company_ids"


def public_routes_say_why(house):
    for module in house.modules.values():
        for source in module.sources:
            for function in source.walk(ast.FunctionDef):
                for decorator in function.decorator_list:
                    if not isinstance(decorator, ast.Call) or not dotted(decorator.func).endswith("route"):
                        continue
                    if keyword(decorator, "auth") not in ("public", "none"):
                        continue
                    said = (source.comment_near(function, above=6) + (ast.get_docstring(function) or "")).lower()
                    if "auth" not in said:
                        yield f"{source.at(function)}: a public route names its auth and why"
                    if keyword(decorator, "csrf") is False and "csrf" not in said:
                        yield f"{source.at(function)}: a route without csrf protection says why"


def secrets_are_for_administrators(house):
    for module in house.modules.values():
        for model, name, field in _secret_fields(module):
            if keyword(field, "groups") != "base.group_system":
                yield f'{model.source.at(field)}: {name} needs groups="base.group_system"'


def secrets_are_neutralized(house):
    for module in house.modules.values():
        path = module.path / "data" / "neutralize.sql"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for model, name, field in _secret_fields(module):
            if name not in text:
                yield f"{model.source.at(field)}: data/neutralize.sql does not clear {name}"


def sudo_is_visible(house):
    """Records of the superuser live in variables that end in ``_sudo``, and the reason stands beside them."""
    for module in house.modules.values():
        for source in module.sources:
            if source.is_test:
                continue
            for assign in source.walk(ast.Assign, ast.AnnAssign):
                if not _gives_superuser_records(assign.value):
                    continue
                targets = assign.targets if isinstance(assign, ast.Assign) else [assign.target]
                for target in targets:
                    if isinstance(target, ast.Name) and not target.id.endswith("_sudo"):
                        yield f"{source.at(assign)}: {target.id} holds records of the superuser: name it …_sudo"
                if not source.comment_near(assign).strip():
                    yield f"{source.at(assign)}: say in a comment why sudo() is right here"


def _secret_fields(module):
    for model in module.models:
        for name, field in model.fields.items():
            stored = keyword(field, "store") is not False and not keyword(field, "compute")
            if SECRET.search(name) and stored and field.func.attr in ("Char", "Text", "Html", "Json"):
                if (module.name, name) not in NOT_SECRET:
                    yield model, name, field


def _gives_superuser_records(value):
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
        return False
    if value.func.attr not in GIVES_RECORDS:
        return False
    node = value
    while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sudo":
            return not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value is False)
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


RULES = [
    every_model_has_an_access_row,
    every_company_bound_model_has_a_rule,
    public_routes_say_why,
    secrets_are_for_administrators,
    secrets_are_neutralized,
    sudo_is_visible,
]
