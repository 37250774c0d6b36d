"""A pytest plugin: each worker's database has files of its own.

pytest-odoo lets all workers' copies of a database share the file store of the one they were copied from. But at the end of every
class of tests Odoo removes the files that its database does not know (``TransactionCase._gc_filestore``), among them those that
another worker's test has just written and not committed: an attachment, a style sheet, gone while they are looked at.
"""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from host import paths


@contextlib.contextmanager
def own(original, database, filestore=None):
    """What pytest-odoo calls around the life of a worker's database.

    :param original: the database that was copied
    :param database: the copy
    :param filestore: gives the folder of a database's files; Odoo's by default
    """
    if original == database:
        yield
        return
    if filestore is None:
        from odoo.tools import config

        filestore = config.filestore
    source, target = Path(filestore(original)), Path(filestore(database))
    paths.remove(target)
    if source.exists():
        shutil.copytree(source, target, copy_function=os.link)  # Odoo never writes into a file that is there
    try:
        yield
    finally:
        paths.remove(target)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    """Puts :func:`own` in the place of pytest-odoo's, and fails when that has none any more."""
    plugin = config.pluginmanager.get_plugin("odoo")
    if plugin:
        patch = pytest.MonkeyPatch()
        patch.setattr(plugin, "_shared_filestore", own)
        config.add_cleanup(patch.undo)
