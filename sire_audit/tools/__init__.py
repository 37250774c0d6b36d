from . import audit_chain
