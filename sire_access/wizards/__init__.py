from . import sire_access_why
