-- A copy of the database writes to nobody.
UPDATE res_company SET collections_mode = 'off', collections_redirect_email = NULL;
UPDATE collections_reminder
   SET state = 'cancelled', reason = 'superseded'
 WHERE state IN ('planned', 'to_approve', 'deferred', 'queued');
