-- A copy of the database must not reach Safaricom: no credentials, no token, no waiting prompt.
UPDATE payment_provider
   SET mpesa_consumer_key = NULL,
       mpesa_consumer_secret = NULL,
       mpesa_passkey = NULL,
       mpesa_c2b_token = NULL,
       mpesa_c2b_state = 'none',
       mpesa_base_url = 'https://sandbox.safaricom.co.ke',
       state = CASE WHEN code = 'mpesa' THEN 'disabled' ELSE state END;
DELETE FROM sire_mpesa_token;
DELETE FROM sire_mpesa_qr;
UPDATE payment_transaction
   SET mpesa_next_query_at = NULL
 WHERE mpesa_next_query_at IS NOT NULL;
