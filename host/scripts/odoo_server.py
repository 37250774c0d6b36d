"""Odoo's command line, as a file: with workers, Odoo starts its process for live connections by this file's name once more.

Started as ``python -m odoo`` it would not find itself: that process ends at once, is started again at once, and so on.
"""

import sys
from pathlib import Path

sys.path[:] = [path for path in sys.path if Path(path).resolve() != Path(__file__).resolve().parent]

from odoo.cli.command import main  # noqa: E402  (this folder is nothing to import from)

main()
