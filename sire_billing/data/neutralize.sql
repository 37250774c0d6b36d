-- nobody approves a copy with a code that was sent for the original
DELETE FROM sire_client_code;
