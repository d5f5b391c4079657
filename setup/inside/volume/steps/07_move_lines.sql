-- account_move_line. Core keeps a residual on bank accounts too, and follows nothing up
-- that was entered in a general journal.
INSERT INTO account_move_line (
    id, move_id, move_name, journal_id, company_id, company_currency_id, currency_id,
    account_id, partner_id, name, sequence, display_type, parent_state, date, invoice_date,
    date_maturity, amount_currency, balance, debit, credit, amount_residual,
    amount_residual_currency, reconciled, full_reconcile_id, matching_number, no_followup,
    quantity, price_unit, price_subtotal, price_total, discount, deductible_amount,
    payment_id, tax_line_id, tax_group_id, tax_repartition_line_id, tax_base_amount, is_storno,
    create_uid, write_uid, create_date, write_date)
SELECT line.id, line.move_id, header.name, header.journal_id, setting.company_id,
       setting.currency_id, header.currency_id,
       CASE role WHEN 'income' THEN setting.income_account_id
                 WHEN 'tax' THEN setting.tax_account_id
                 WHEN 'bank' THEN setting.bank_account_id
                 WHEN 'expense' THEN setting.expense_account_id
                 ELSE setting.receivable_account_id END,
       header.partner_id,
       CASE role WHEN 'income' THEN 'Goods' WHEN 'tax' THEN '15%'
                 ELSE header.name || CASE WHEN has_instalments AND role = 'receivable'
                                          THEN ' installment #' || part ELSE '' END END,
       CASE WHEN NOT is_document THEN 100 WHEN role = 'income' THEN 100
            WHEN role = 'tax' THEN 10000 ELSE 12000 END,
       CASE WHEN NOT is_document OR role = 'income' THEN 'product' WHEN role = 'tax'
            THEN 'tax' ELSE 'payment_term' END,
       'posted', header.date, CASE WHEN is_document THEN header.date END,
       line.due, line.amount, line.balance, greatest(line.balance, 0),
       greatest(-line.balance, 0), line.residual_balance, line.residual,
       role = 'receivable' AND line.residual_balance = 0 AND line.residual = 0,
       line.full_id, line.matching, header.kind IN ('adjustment', 'opening'),
       CASE WHEN NOT is_document OR role = 'income' THEN 1 ELSE 0 END,
       CASE WHEN is_document AND role = 'income' THEN abs(line.amount) ELSE 0 END,
       CASE WHEN NOT is_document THEN line.amount
            WHEN role = 'income' THEN abs(line.amount) ELSE 0 END,
       CASE WHEN NOT is_document THEN line.amount
            WHEN role = 'income' THEN round(abs(line.amount) * 1.15, 2) ELSE 0 END,
       0, 100,
       CASE header.kind WHEN 'payment' THEN setting.first_payment_id + header.key END,
       CASE role WHEN 'tax' THEN setting.tax_id END,
       CASE role WHEN 'tax' THEN setting.tax_group_id END,
       CASE role WHEN 'tax' THEN CASE header.kind
            WHEN 'refund' THEN setting.refund_repartition_id
            ELSE setting.invoice_repartition_id END END,
       CASE role WHEN 'tax' THEN round(line.balance / 0.15, 2) END, false,
       1, 1, header.date + time '12:00', header.date + time '12:00'
  FROM bench.setting AS setting
  CROSS JOIN bench.line AS line
  JOIN (SELECT *, kind IN ('invoice', 'refund') AS is_document FROM bench.header)
      AS header ON header.id = line.move_id
 ORDER BY line.id;

-- The tax that the income lines carry.
INSERT INTO account_move_line_account_tax_rel (account_move_line_id, account_tax_id)
SELECT line.id, setting.tax_id
  FROM bench.setting AS setting
  CROSS JOIN bench.line AS line
  JOIN bench.header AS header ON header.id = line.move_id
 WHERE role = 'income' AND header.kind IN ('invoice', 'refund');
