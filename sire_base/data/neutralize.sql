-- links and callback addresses of a copy must not lead to the server that it was copied from
DELETE FROM ir_config_parameter
 WHERE key = 'sire_base.public_url';
-- what waits here was told to that server: it is handled there
UPDATE sire_webhook_event
   SET state = 'parked',
       error = 'This database is a copy: the event is handled in the original.'
 WHERE state = 'received';
