"""SIRE's modules as files: what depends on what, and fingerprints of their source."""

import ast
import hashlib

from . import paths

NOT_SOURCE = {"tests", "__pycache__", "node_modules"}


def manifests(root=None):
    """``{module: manifest}`` of the modules in this repository."""
    found = {}
    for path in sorted((root or paths.REPO).glob("*/__manifest__.py")):
        manifest = ast.literal_eval(path.read_text())
        if manifest.get("installable", True):
            found[path.parent.name] = manifest
    return found


def closure(names, root=None):
    """The named modules with all of ours that they stand on, lowest first.

    :param names: module names
    :raise KeyError: when one is not a module of this repository
    """
    known = manifests(root)
    order = []

    def visit(name):
        if name in order:
            return
        for below in known[name].get("depends", []):
            if below in known:
                visit(below)
        order.append(name)

    for name in sorted(names):
        visit(name)
    # modules that install themselves once all that they join is there
    for name in sorted(known):
        manifest = known[name]
        joined = manifest.get("depends", [])
        if (
            manifest.get("auto_install")
            and name not in order
            and joined
            and all(below in order or below not in known for below in joined)
        ):
            order.append(name)
    return order


def fingerprint(name, root=None):
    """Sixteen hexadecimal digits that change when what a database takes from the module's source changes; tests do not count."""
    folder = (root or paths.REPO) / name
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if NOT_SOURCE & set(relative.parts) or path.suffix in (".pyc", ".md") or not path.is_file():
            continue
        digest.update(str(relative).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def fingerprints(names, root=None):
    """``{module: fingerprint}``."""
    return {name: fingerprint(name, root) for name in names}
