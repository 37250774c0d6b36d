-- A copy of the database must not reach Stripe, nor ask it about the original's money. The keys (stripe_secret_key and
-- stripe_webhook_secret) are cleared by the host's own file; here again, in case it is not there.
UPDATE payment_provider
   SET stripe_secret_key = NULL,
       stripe_webhook_secret = NULL,
       stripe_checks = NULL,
       state = CASE WHEN code = 'stripe' THEN 'disabled' ELSE state END;
UPDATE payment_transaction
   SET stripe_due_at = NULL
 WHERE stripe_due_at IS NOT NULL;
