-- a copy sends no codes, and signs nobody in with a code or a Google account of the original
DELETE FROM sire_signin_code;
DELETE FROM sire_signin_counter;
UPDATE auth_oauth_provider
   SET enabled = false;
