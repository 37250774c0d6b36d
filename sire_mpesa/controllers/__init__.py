from . import sire_mpesa, sire_mpesa_c2b
