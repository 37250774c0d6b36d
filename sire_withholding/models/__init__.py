from . import (
    account_chart_template,
    account_move,
    account_move_certificate,
    account_move_chase,
    account_move_proposed,
    account_partial_reconcile,
    res_company,
    res_config_settings,
    res_partner,
    sire_withholding_certificate,
    sire_withholding_certificate_entry,
    sire_withholding_certificate_spread,
)
