from . import sire_audit_erase_wizard
from . import sire_audit_proof_wizard
