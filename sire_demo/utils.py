"""Whether this server may show the demo. Pure: no database."""

import os

from .const import DEMO_VARIABLE


def is_demo_server() -> bool:
    """Tell whether the process was started as a demo.

    :return: True when the environment says SIRE_DEMO=1
    """
    return os.environ.get(DEMO_VARIABLE) == "1"
