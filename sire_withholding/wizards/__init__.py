from . import sire_withholding_void_wizard
