-- A copy of the database writes to nobody, and believes nobody.
UPDATE collections_whatsapp_account
   SET token = NULL, app_secret = NULL, verify_token = NULL, is_paused = true,
       pause_reason = 'Copy of the database', base_url = 'http://invalid.invalid';
UPDATE collections_whatsapp_message SET state = 'cancelled' WHERE state = 'queued';
UPDATE collections_whatsapp_message SET media_state = 'refused' WHERE media_state = 'wait';
