from . import sire_client_document  # first: the documents below inherit it

# isort: split
from . import account_chart_template
from . import account_move
from . import account_move_credit
from . import account_move_frozen
from . import account_move_line
from . import account_move_line_crumb
from . import account_move_pricing
from . import account_move_instalment
from . import account_move_print
from . import account_move_status
from . import account_move_void
from . import account_partial_reconcile
from . import account_payment
from . import account_tax
from . import ir_actions_report
from . import payment_transaction
from . import project_milestone
from . import project_project
from . import project_project_quoting
from . import project_project_work
from . import project_task
from . import res_company
from . import project_project_plan
from . import res_company_plan
from . import res_config_settings
from . import res_partner
from . import res_partner_statement
from . import res_users
from . import sale_order
from . import sale_order_approval
from . import sale_order_digest
from . import sale_order_invoice
from . import sale_order_line
from . import sale_order_line_pricing
from . import sale_order_line_invoice
from . import sale_order_paying
from . import sale_order_pricing
from . import sale_order_print
from . import sale_order_sending
from . import sale_order_work
from . import sire_access_period
from . import sire_client_claim
from . import sire_client_link
from . import sire_client_link_claim
from . import sire_proof
from . import sire_proof_file
from . import sire_quotation_work
from . import sire_order_instalment
from . import sire_order_instalment_invoice

# isort: split
from . import sale_order_plan  # last: it adds to what the other files of the model define
