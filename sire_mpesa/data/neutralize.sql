-- A copy of the database must not reach Safaricom: no credentials, no token, no waiting prompt or request.
UPDATE payment_provider
   SET mpesa_consumer_key = NULL,
       mpesa_consumer_secret = NULL,
       mpesa_passkey = NULL,
       mpesa_c2b_token = NULL,
       mpesa_initiator_name = NULL,
       mpesa_initiator_password = NULL,
       mpesa_initiator_certificate = NULL,
       mpesa_c2b_state = 'none',
       mpesa_pull_registered_at = NULL,
       mpesa_checks = NULL,
       mpesa_base_url = 'https://sandbox.safaricom.co.ke',
       state = CASE WHEN code = 'mpesa' THEN 'disabled' ELSE state END;
DELETE FROM sire_mpesa_token;
DELETE FROM sire_mpesa_qr;
UPDATE payment_transaction
   SET mpesa_next_query_at = NULL
 WHERE mpesa_next_query_at IS NOT NULL;
-- a callback address of the original is none of the copy's
UPDATE payment_transaction
   SET mpesa_callback_token = md5(random()::text || id)
 WHERE mpesa_callback_token IS NOT NULL;
UPDATE sire_mpesa_command
   SET token = md5(random()::text || id);
UPDATE sire_mpesa_command
   SET state = CASE WHEN kind = 'reversal' THEN 'failed' ELSE 'unanswered' END,
       next_check_at = NULL
 WHERE state IN ('queued', 'sending', 'sent', 'unknown');
