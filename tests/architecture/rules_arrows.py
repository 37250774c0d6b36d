"""Arrows point down: what may know what."""

import ast
import re

from .house import dotted, host_addons

# module → the modules of this house that it may name as a dependency
ALLOWED = {
    "sire_base": set(),
    "sire_partner_autocomplete": {"sire_base"},
    "sire_payment": {"sire_base"},
    "sire_mpesa": {"sire_payment"},
    "sire_stripe": {"sire_payment", "sire_base"},
    "sire_signin": {"sire_base"},
    "sire_access": {"sire_audit"},
    "sire_projects": {"sire_access"},
    "sire_billing": {"sire_projects", "sire_mpesa", "sire_pdf", "sire_signin"},
    "sire_reminder": {"sire_billing"},
    "sire_cashier": {"sire_billing"},
    "sire_retainer": {"sire_billing"},
    "sire_withholding": {"sire_billing"},
    "sire_demo": {"sire_billing", "sire_cashier", "sire_audit", "sire_reminder"},
    "sire_pdf": set(),
    "sire_audit": {"sire_base"},
}
OUTSIDE = ("sandbox", "host")
HTTP_LIBRARIES = ("requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "socket", "websockets")
CLIENT_FILE = re.compile(r"(.*_)?(api|daraja)_client\.py|client\.py|daraja\.py")


def depends_are_allowed(house):
    for module in house.modules.values():
        if module.name not in ALLOWED:
            yield f"{module.name}: a new room; draw its arrows in tests/architecture/rules_arrows.py"
            continue
        ours = {name for name in module.manifest.get("depends", ()) if name.startswith("sire_")}
        for name in sorted(ours - ALLOWED[module.name]):
            yield f"{module.name} may not depend on {name}"


def imports_point_down(house):
    """Where Odoo is not installed, what its own modules stand on is not known, and only ours are checked."""
    for module in house.modules.values():
        below = house.below(module.name)
        for source in module.sources:
            for node, name in source.imports():
                match = re.match(r"odoo\.addons\.(\w+)", name)
                known = match and (match[1].startswith("sire_") or host_addons())
                if known and match[1] not in below:
                    yield f"{source.at(node)}: imports {match[1]}, which {module.name} does not depend on"
                if re.match(r"sire_\w+", name):
                    yield f"{source.at(node)}: write odoo.addons.{name}"


def references_point_down(house):
    """XML ids in data files and in ``env.ref``; a module that may be absent is not for sure below either."""
    for module in house.modules.values():
        below = house.below(module.name)
        for file, text in module.xml_text.items():
            pattern = r"(?:ref=\"|inherit_id=\"|action=\"|parent=\"|groups=\"|%\(|ref\(')!?(sire_\w+)\."
            for match in re.finditer(pattern, text):
                if match[1] not in below:
                    yield f"{module.name}/{file}: refers to {match[1]}, which {module.name} does not depend on"
        for source in module.sources:
            for call in source.walk(ast.Call):
                if dotted(call.func).endswith("env.ref") and call.args and isinstance(call.args[0], ast.Constant):
                    name = str(call.args[0].value).split(".")[0]
                    if name.startswith("sire_") and name not in below:
                        yield f"{source.at(call)}: refers to {name}, which {module.name} does not depend on"


def modules_do_not_know_the_outside(house):
    for module in house.modules.values():
        for source in module.sources:
            for node, name in source.imports():
                if name.split(".")[0] in OUTSIDE:
                    yield f"{source.at(node)}: a module never imports {name.split('.')[0]}/"


def the_outside_does_not_know_modules(house):
    for folder in OUTSIDE:
        for source in house.folder(folder):
            for node, name in source.imports():
                if re.match(r"(odoo\.addons\.)?sire_", name):
                    yield f"{source.at(node)}: {folder}/ never imports a module"


def one_door_out(house):
    """Only the one client of a service talks to the network."""
    for module in house.modules.values():
        clients = set()
        for source in module.sources:
            if source.is_test:
                continue
            for node, name in source.imports():
                if name.startswith(tuple(f"{library}." for library in HTTP_LIBRARIES)) or name in HTTP_LIBRARIES:
                    if CLIENT_FILE.fullmatch(source.path.name):
                        clients.add(source.relative)
                    else:
                        yield f"{source.at(node)}: only the client of a service (client.py) imports {name}"
        if len(clients) > 1:
            yield f"{module.name}: one client a service, found {', '.join(sorted(clients))}"


RULES = [
    depends_are_allowed,
    imports_point_down,
    references_point_down,
    modules_do_not_know_the_outside,
    the_outside_does_not_know_modules,
    one_door_out,
]
