-- What came out, for people and for the limits in build.py.
SELECT (SELECT count(*) FROM res_partner WHERE ref LIKE 'BENCH%') AS customers,
       (SELECT count(*) FROM account_move WHERE move_type <> 'entry') AS invoices,
       (SELECT count(*) FROM account_move_line) AS lines,
       (SELECT count(*) FROM account_payment) AS payments,
       (SELECT count(*) FROM account_partial_reconcile) AS partials,
       count(*) AS open_items,
       count(*) FILTER (WHERE line.amount_residual < 0) AS open_credits,
       count(*) FILTER (WHERE line.amount_residual > 0 AND date_maturity < today)
           AS overdue_items,
       count(DISTINCT partner_id) AS customers_with_open_items,
       count(*) FILTER (WHERE date_maturity IS NULL) AS without_due_date,
       count(*) FILTER (WHERE partner_id IS NULL) AS without_customer,
       count(*) FILTER (WHERE line.currency_id <> setting.currency_id) AS foreign_items
  FROM bench.setting AS setting
  CROSS JOIN account_move_line AS line
  JOIN account_account AS account
    ON account.id = line.account_id AND account_type = 'asset_receivable'
 WHERE parent_state = 'posted' AND NOT reconciled
 GROUP BY setting.today
