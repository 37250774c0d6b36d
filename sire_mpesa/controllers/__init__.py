from . import portal, sire_mpesa, sire_mpesa_c2b
