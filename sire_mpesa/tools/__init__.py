from . import daraja_client, own_transaction, rows, sending
