from . import portal, sire_mpesa, sire_mpesa_c2b, sire_mpesa_command
