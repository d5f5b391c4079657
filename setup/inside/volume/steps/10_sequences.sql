-- Odoo goes on counting after the last row of each table.
SELECT setval(pg_get_serial_sequence('res_partner', 'id'), max(id)) FROM res_partner;
SELECT setval(pg_get_serial_sequence('account_move', 'id'), max(id)) FROM account_move;
SELECT setval(pg_get_serial_sequence('account_move_line', 'id'), max(id))
  FROM account_move_line;
SELECT setval(pg_get_serial_sequence('account_payment', 'id'), max(id)) FROM account_payment;
SELECT setval(pg_get_serial_sequence('account_partial_reconcile', 'id'), max(id))
  FROM account_partial_reconcile;
SELECT setval(pg_get_serial_sequence('account_full_reconcile', 'id'), max(id))
  FROM account_full_reconcile;
