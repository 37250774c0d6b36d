"""Reads the repository: modules, manifests, sources as syntax trees. No Odoo and no database needed."""

import ast
import csv
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

MODEL_CLASSES = {"Model", "TransientModel", "AbstractModel"}


@dataclass(frozen=True)
class Source:
    """A Python file."""

    path: Path
    relative: str

    @cached_property
    def text(self):
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self):
        return self.text.splitlines()

    @cached_property
    def tree(self):
        return ast.parse(self.text, str(self.path))

    @property
    def is_test(self):
        return "tests" in Path(self.relative).parts[:-1]

    def walk(self, *types):
        return (node for node in ast.walk(self.tree) if isinstance(node, types))

    def at(self, node):
        return f"{self.relative}:{node.lineno}"

    def comment_near(self, node, above=3):
        """:return: the comments on the lines of a node and on some lines above it, as one text"""
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
        lines = self.lines[max(first - 1 - above, 0) : (node.end_lineno or node.lineno)]
        return "\n".join(line.split("#", 1)[1] for line in lines if "#" in line)

    def imports(self):
        """:return: (node, absolute dotted name) of everything that is imported, relative imports left out"""
        for node in self.walk(ast.Import):
            for alias in node.names:
                yield node, alias.name
        for node in self.walk(ast.ImportFrom):
            if not node.level and node.module:
                for alias in node.names:
                    yield node, f"{node.module}.{alias.name}"


@dataclass(frozen=True)
class ModelClass:
    source: Source
    node: ast.ClassDef
    kind: str
    name: str | None
    inherits: tuple

    @property
    def fields(self):
        """:return: name → call node of every field that the class defines"""
        found = {}
        for statement in self.node.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
                function = statement.value.func
                if isinstance(function, ast.Attribute) and getattr(function.value, "id", None) == "fields":
                    found.update({target.id: statement.value for target in statement.targets if hasattr(target, "id")})
        return found


class Module:
    """One ``sire_*`` folder."""

    def __init__(self, path, root):
        self.path = path
        self.name = path.name
        self.root = root

    @cached_property
    def manifest(self):
        return ast.literal_eval((self.path / "__manifest__.py").read_text(encoding="utf-8"))

    @cached_property
    def sources(self):
        return read_sources(self.path, self.root)

    def files(self, *suffixes):
        return sorted(path for path in self.path.rglob("*") if path.suffix in suffixes and _is_ours(path))

    def relative(self, path):
        return path.relative_to(self.path).as_posix()

    @cached_property
    def models(self):
        return [model for source in self.sources if not source.is_test for model in _read_models(source)]

    @cached_property
    def access_rows(self):
        """:return: the model ids (without module) that have an access row"""
        found = set()
        for path in self.path.glob("security/*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                found |= {row.get("model_id:id", "").split(".")[-1] for row in csv.DictReader(file)}
        return found

    @cached_property
    def xml_text(self):
        return {self.relative(path): path.read_text(encoding="utf-8") for path in self.files(".xml")}


class House:
    """The repository."""

    def __init__(self, root):
        self.root = Path(root)
        self.modules = {
            path.parent.name: Module(path.parent, self.root)
            for path in sorted(self.root.glob("sire_*/__manifest__.py"))
        }

    def folder(self, name):
        """:return: the Python files of a folder that is not a module"""
        return read_sources(self.root / name, self.root)

    def below(self, name):
        """:return: every module that this one depends on, directly or not, itself included; the host's as far as
        the host is there to be read"""
        seen, todo = set(), [name]
        while todo:
            current = todo.pop()
            if current in seen:
                continue
            seen.add(current)
            todo += self._depends(current)
        return seen

    def _depends(self, name):
        if name in self.modules:
            return self.modules[name].manifest.get("depends", ["base"])
        path = host_addons() and host_addons() / name / "__manifest__.py"
        if not path or not path.exists():
            return ["base"] if name != "base" else []
        manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        return manifest.get("depends", []) + (["base"] if name != "base" else [])


def host_addons():
    """:return: the folder of the host's modules, or None where Odoo is not installed"""
    spec = find_spec("odoo")
    for location in (spec and spec.submodule_search_locations) or []:
        if (Path(location) / "addons" / "base").is_dir():
            return Path(location) / "addons"
    return None


def read_sources(folder, root):
    return [Source(path, path.relative_to(root).as_posix()) for path in sorted(folder.rglob("*.py")) if _is_ours(path)]


def dotted(node):
    """:return: ``a.b.c`` for such an expression; calls and indexes on the way are skipped"""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    if isinstance(node, (ast.Call, ast.Subscript)):
        return dotted(node.func if isinstance(node, ast.Call) else node.value)
    return getattr(node, "id", "")


def keyword(call, name):
    """:return: the value of a keyword argument when it is written out, else None"""
    for item in call.keywords:
        if item.arg == name:
            try:
                return ast.literal_eval(item.value)
            except ValueError:
                return ast.unparse(item.value)
    return None


def _is_ours(path):
    return path.is_file() and not {"__pycache__", "node_modules", ".sire", ".ruff_cache"} & set(path.parts)


def _read_models(source):
    for node in source.walk(ast.ClassDef):
        kinds = [base.attr for base in node.bases if isinstance(base, ast.Attribute) and base.attr in MODEL_CLASSES]
        if not kinds or not any(re.match(r"models\.", ast.unparse(base)) for base in node.bases):
            continue
        values = {}
        for statement in node.body:
            if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") in ("_name", "_inherit"):
                values[statement.targets[0].id] = ast.literal_eval(statement.value)
        inherits = values.get("_inherit", ())
        inherits = (inherits,) if isinstance(inherits, str) else tuple(inherits)
        yield ModelClass(source, node, kinds[0], values.get("_name"), inherits)
