from . import sire_mpesa
