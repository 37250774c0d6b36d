from . import sire_client_document  # first: the documents below inherit it

# isort: split
from . import account_chart_template
from . import account_move
from . import account_move_credit
from . import account_move_deposit
from . import account_move_print
from . import account_move_receipt
from . import account_payment
from . import account_payment_ending
from . import account_payment_receipt
from . import payment_transaction
from . import project_project
from . import project_task
from . import res_company
from . import res_partner
from . import res_partner_statement
from . import res_users
from . import sale_order
from . import sale_order_approval
from . import sale_order_digest
from . import sale_order_invoice
from . import sale_order_line
from . import sale_order_paying
from . import sale_order_print
from . import sale_order_sending
from . import sire_access_period
from . import sire_client_claim
from . import sire_client_link
from . import sire_client_link_claim
