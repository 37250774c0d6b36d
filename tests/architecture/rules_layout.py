"""What every module has, and where."""

import re

import polib

LISTED_FOLDERS = ("views", "security", "data", "wizards", "report", "demo")
NOT_DATA = {"data/neutralize.sql"}


def manifests_are_complete(house):
    for module in house.modules.values():
        manifest = module.manifest
        if not re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest.get("version", "")):
            yield f"{module.name}: version is 19.0.x.y.z"
        if manifest.get("license") != "LGPL-3":
            yield f"{module.name}: licence is LGPL-3"
        if manifest.get("author") != "SIRE":
            yield f"{module.name}: author is SIRE"
        for key in ("name", "summary", "category", "depends"):
            if not manifest.get(key):
                yield f"{module.name}: the manifest has no {key}"


def listed_files_exist(house):
    for module in house.modules.values():
        listed = _listed(module)
        for name in sorted(listed):
            if not (module.path / name).is_file():
                yield f"{module.name}: the manifest lists {name}, which is not there"
        if len(listed) != len([*module.manifest.get("data", []), *module.manifest.get("demo", [])]):
            yield f"{module.name}: the manifest lists a file twice"


def data_files_are_listed(house):
    for module in house.modules.values():
        listed = _listed(module)
        for path in module.files(".xml", ".csv"):
            name = module.relative(path)
            if name.split("/")[0] in LISTED_FOLDERS and name not in listed | NOT_DATA:
                yield f"{module.name}: {name} is not in the manifest, so it is never loaded"


def assets_exist(house):
    for module in house.modules.values():
        for bundle, entries in module.manifest.get("assets", {}).items():
            for entry in entries:
                name = entry if isinstance(entry, str) else entry[-1]
                inside = name.removeprefix(f"{module.name}/")
                if inside != name and not list(module.path.glob(inside)):
                    yield f"{module.name}: {bundle} names {name}, which is not there"


def standard_files_are_there(house):
    for module in house.modules.values():
        for name in ("__init__.py", "README.md", "static/description/icon.png", "static/description/index.html",
                     f"i18n/{module.name}.pot", "i18n/sw.po"):  # fmt: skip
            if not (module.path / name).is_file():
                yield f"{module.name}: {name} is missing"


def tests_are_run(house):
    for module in house.modules.values():
        tests = sorted(module.path.glob("tests/test_*.py"))
        if not tests:
            yield f"{module.name}: no tests"
            continue
        init = module.path / "tests" / "__init__.py"
        imported = init.read_text(encoding="utf-8") if init.exists() else ""
        for path in tests:
            if not re.search(rf"\b{path.stem}\b", imported):
                yield f"{module.name}: tests/{path.name} is not imported by tests/__init__.py, so Odoo does not run it"


def hooks_exist(house):
    for module in house.modules.values():
        text = "".join(source.text for source in module.sources if not source.is_test)
        for key in ("pre_init_hook", "post_init_hook", "uninstall_hook", "post_load"):
            name = module.manifest.get(key)
            if name and not re.search(rf"^def {name}\(", text, re.MULTILINE):
                yield f"{module.name}: {key} names {name}, which is not there"


def swahili_is_kept(house):
    """Half of the texts at least, none that is gone, and the same placeholders as in English."""
    for module in house.modules.values():
        pot, po = (module.path / "i18n" / name for name in (f"{module.name}.pot", "sw.po"))
        if not pot.is_file() or not po.is_file():
            continue  # said by standard_files_are_there
        texts = {entry.msgid for entry in polib.pofile(str(pot))}
        entries = [entry for entry in polib.pofile(str(po)) if not entry.obsolete]
        for entry in entries:
            if entry.msgid not in texts:
                yield f"{module.name}: sw.po translates what is not in the .pot: {entry.msgid[:60]!r}"
            elif entry.msgstr and _placeholders(entry.msgid) != _placeholders(entry.msgstr):
                yield f"{module.name}: sw.po has other placeholders than English in {entry.msgid[:60]!r}"
        if sum(bool(entry.msgstr) for entry in entries) * 2 < len(texts):
            yield f"{module.name}: less than half of the texts are in Swahili"


def texts_of_code_are_marked(house):
    """Odoo translates a text of code only where its entry says which code: without it the page stays English."""
    for module in house.modules.values():
        for path in sorted((module.path / "i18n").glob("*.po*")):
            for entry in polib.pofile(str(path)):
                is_code = any(place.startswith("code:") for place, _line in entry.occurrences)
                if is_code and not re.search("odoo-(python|javascript)", entry.comment):
                    yield f"{module.name}: i18n/{path.name} lacks “#. odoo-python” at {entry.msgid[:60]!r}"


def _placeholders(text):
    return sorted(re.findall(r"%(?:\(\w+\))?[sdf]|%%", text))


def _listed(module):
    return {*module.manifest.get("data", []), *module.manifest.get("demo", [])}


RULES = [
    manifests_are_complete,
    listed_files_exist,
    data_files_are_listed,
    assets_exist,
    standard_files_are_there,
    tests_are_run,
    hooks_exist,
    swahili_is_kept,
    texts_of_code_are_marked,
]
