-- account_full_reconcile and account_partial_reconcile.
INSERT INTO account_full_reconcile (id, create_uid, write_uid, create_date, write_date)
SELECT full_id, 1, 1, now(), now()
  FROM bench.matching WHERE full_id IS NOT NULL ORDER BY full_id;

INSERT INTO account_partial_reconcile (
    id, debit_move_id, credit_move_id, full_reconcile_id, debit_currency_id,
    credit_currency_id, company_id, max_date, amount, debit_amount_currency,
    credit_amount_currency, create_uid, write_uid, create_date, write_date)
SELECT settlement.id, debit.id, credit.id, settlement.full_id, invoice.currency_id,
       invoice.currency_id, setting.company_id, greatest(invoice.date, counterpart.date),
       settlement.balance, settlement.amount, settlement.amount,
       1, 1, settlement.date + time '12:00', settlement.date + time '12:00'
  FROM bench.setting AS setting
  CROSS JOIN bench.settlement AS settlement
  JOIN bench.header AS invoice ON invoice.key = settlement.i AND invoice.kind = 'invoice'
  JOIN bench.line AS debit
    ON debit.move_id = invoice.id AND debit.role = 'receivable'
   AND debit.part = settlement.part
  JOIN bench.header AS counterpart
    ON counterpart.key = settlement.credit_key
   AND CASE settlement.kind WHEN 'refund' THEN counterpart.kind = 'refund'
            ELSE counterpart.kind IN ('payment', 'adjustment') END
  JOIN bench.line AS credit
    ON credit.move_id = counterpart.id AND credit.role = 'receivable'
 ORDER BY settlement.id;
