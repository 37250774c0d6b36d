from . import sire_retainer
from . import sire_retainer_line
from . import sire_retainer_period
from . import sire_retainer_invoice
