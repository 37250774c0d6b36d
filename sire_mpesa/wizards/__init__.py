from . import (
    sire_mpesa_assign_line,
    sire_mpesa_assign_suggestion,
    sire_mpesa_assign_wizard,
    sire_mpesa_request_wizard,
    sire_mpesa_setup,
    sire_mpesa_setup_secrets,
    sire_mpesa_statement_line,
    sire_mpesa_statement_wizard,
)
