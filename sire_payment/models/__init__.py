from . import account_move, account_payment, payment_transaction
