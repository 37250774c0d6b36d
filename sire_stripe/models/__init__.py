from . import account_move, account_payment
from . import payment_provider, payment_provider_event, payment_provider_setup
from . import payment_transaction, payment_transaction_job, payment_transaction_refund
from . import sire_stripe_dispute, sire_stripe_movement, sire_stripe_movement_booking
from . import sire_webhook_event
