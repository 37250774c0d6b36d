"""The log without Odoo's models: tables, triggers, who is at work, sealing, keys. Nothing here needs an environment but actor."""

from . import actor
from . import flood
from . import keys
from . import proof
from . import schema
from . import sealer
from . import signing
from . import watching
