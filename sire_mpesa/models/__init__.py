from . import (
    account_move,
    payment_provider,
    payment_provider_daraja,
    payment_transaction,
    payment_transaction_push,
    payment_transaction_resolver,
    payment_transaction_result,
    sire_mpesa_token,
    sire_webhook_event,
)
