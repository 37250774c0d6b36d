"""Habits inside a file."""

import ast
import re

from .house import dotted, keyword

CONTROLLER_LINES = 130
SOURCE_LINES = 300
TEST_LINES = 450
# file → why it is longer than the habit
LONGER = {}
# file → why it ends transactions by itself: scheduled work on a cursor of its own
MAY_COMMIT = {
    "sire_signin/utils.py": "lets go of a read-only cursor, on which nothing was done, as the host does before it writes",
}
USER_ERRORS = {"UserError", "ValidationError", "AccessError", "RedirectWarning", "MissingError"}
MACHINE_PATH = re.compile(r"(?<![\w.\-])/(?:work|opt/ref|root|home/[a-z]\w*|Users/[A-Za-z]\w*)/[\w.\-]")


def files_are_short(house):
    for module in house.modules.values():
        for source in module.sources:
            limit = SOURCE_LINES
            if source.is_test:
                limit = TEST_LINES
            elif any("http.Controller" in map(ast.unparse, node.bases) for node in source.walk(ast.ClassDef)):
                limit = CONTROLLER_LINES
            if len(source.lines) > limit and source.relative not in LONGER:
                yield f"{source.relative}: {len(source.lines)} lines, more than {limit}: which second thing moved in?"


def nothing_is_printed(house):
    for source in _module_sources(house):
        for call in source.walk(ast.Call):
            if getattr(call.func, "id", None) == "print":
                yield f"{source.at(call)}: use the logger, not print"


def no_bare_except(house):
    for source in _module_sources(house):
        for handler in source.walk(ast.ExceptHandler):
            if handler.type is None:
                yield f"{source.at(handler)}: name what is caught"
            elif len(handler.body) == 1 and isinstance(handler.body[0], ast.Pass):
                if dotted(handler.type) in ("Exception", "BaseException"):
                    yield f"{source.at(handler)}: an error of any kind is swallowed without a word"


def no_commit_of_the_callers_transaction(house):
    for source in _module_sources(house):
        if source.is_test or source.relative in MAY_COMMIT:
            continue
        for call in source.walk(ast.Call):
            if re.search(r"(^|\.)(cr|_cr|cursor)\.(commit|rollback)$", dotted(call.func)):
                yield f"{source.at(call)}: only scheduled work on a cursor of its own ends a transaction"


def queries_are_sql_objects(house):
    for source in _module_sources(house):
        for call in source.walk(ast.Call):
            name = dotted(call.func)
            if not re.search(r"(^|\.)(cr|_cr|cursor)\.execute$", name) and not name.endswith("env.execute_query"):
                continue
            query = call.args[0] if call.args else None
            plain = isinstance(query, ast.Constant) and not source.is_test
            if plain or isinstance(query, (ast.JoinedStr, ast.BinOp)) or dotted(query).endswith(".format"):
                yield f"{source.at(call)}: raw SQL goes through SQL()"


def user_texts_are_translatable(house):
    for source in _module_sources(house):
        if source.is_test:
            continue
        for raised in source.walk(ast.Raise):
            call = raised.exc
            if not isinstance(call, ast.Call) or dotted(call.func).split(".")[-1] not in USER_ERRORS or not call.args:
                continue
            if isinstance(call.args[0], (ast.Constant, ast.JoinedStr, ast.BinOp)):
                yield f"{source.at(raised)}: a text for people goes through self.env._()"


def models_have_their_own_file(house):
    for module in house.modules.values():
        by_source = {}
        for model in module.models:
            by_source.setdefault(model.source, []).append(model)
        for source, models in by_source.items():
            if len(models) > 1:
                yield f"{source.relative}: one model a file, here are {len(models)}"
            name = models[0].name or (models[0].inherits or ("",))[0]
            if not source.path.stem.startswith(name.replace(".", "_")):
                yield f"{source.relative}: the file of {name} is called {name.replace('.', '_')}.py"


def views_are_extended_not_replaced(house):
    for module in house.modules.values():
        for file, text in module.xml_text.items():
            lines = text.splitlines()
            for number, line in enumerate(lines):
                before = "\n".join(lines[max(number - 4, 0) : number])
                if re.search(r"position=\"replace\"", line) and "-->" not in before:
                    yield f"{module.name}/{file}:{number + 1}: a replaced node says in a comment why nothing else works"


def no_path_of_a_machine(house):
    suffixes = {".py", ".xml", ".js", ".css", ".scss", ".md", ".csv", ".toml", ".yml", ".yaml", ".cfg", ".conf", ".sh",
                ".json", ".po", ".pot", ".html", ".txt", ".sql", ""}  # fmt: skip
    for path in _files(house.root):
        name = path.relative_to(house.root).as_posix()
        if path.suffix not in suffixes or name == ".git":  # in a worktree that is a file, and git's own
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if MACHINE_PATH.search(line):
                yield f"{name}:{number}: a path of one machine"


def fields_say_their_currency(house):
    """A Monetary field without its currency field shows a bare number."""
    for module in house.modules.values():
        for model in module.models:
            for name, field in model.fields.items():
                if field.func.attr == "Monetary" and not keyword(field, "currency_field") and not field.args[1:]:
                    if "currency_id" not in model.fields and model.name and model.name not in model.inherits:
                        yield f"{model.source.at(field)}: {name} has no currency field"


def _files(folder):
    """All files; state, caches and what is installed left out."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name == ".ci" or not path.name.startswith(".") and path.name not in ("node_modules", "__pycache__"):
                yield from _files(path)
        elif not path.name.startswith(".coverage"):
            yield path


def _module_sources(house):
    return (source for module in house.modules.values() for source in module.sources)


RULES = [
    files_are_short,
    nothing_is_printed,
    no_bare_except,
    no_commit_of_the_callers_transaction,
    queries_are_sql_objects,
    user_texts_are_translatable,
    models_have_their_own_file,
    views_are_extended_not_replaced,
    no_path_of_a_machine,
    fields_say_their_currency,
]
