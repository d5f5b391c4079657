-- account_payment of every bank entry, and the link back.
INSERT INTO account_payment (
    id, move_id, name, journal_id, company_id, currency_id, partner_id, date, amount,
    amount_company_currency_signed, state, payment_type, partner_type,
    payment_method_line_id, payment_method_id, outstanding_account_id,
    destination_account_id, is_reconciled, is_matched, is_sent,
    create_uid, write_uid, create_date, write_date)
SELECT setting.first_payment_id + p, header.id, header.name, header.journal_id,
       setting.company_id, header.currency_id, header.partner_id, header.date,
       payment.amount, payment.balance, 'paid', 'inbound', 'customer',
       setting.payment_method_line_id, setting.payment_method_id, setting.bank_account_id,
       setting.receivable_account_id, payment.kind = 'payment', true, false,
       1, 1, header.date + time '12:00', header.date + time '12:00'
  FROM bench.setting AS setting
  CROSS JOIN bench.payment AS payment
  JOIN bench.header AS header ON header.key = p AND header.kind = 'payment'
 ORDER BY p;

INSERT INTO account_move__account_payment (invoice_id, payment_id)
SELECT DISTINCT invoice.id, setting.first_payment_id + settlement.p
  FROM bench.setting AS setting
  CROSS JOIN bench.settlement AS settlement
  JOIN bench.move AS invoice ON invoice.key = settlement.i AND invoice.kind = 'invoice'
  JOIN bench.move AS payment ON payment.key = settlement.p AND payment.kind = 'payment'
 WHERE settlement.kind = 'payment';
