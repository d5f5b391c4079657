-- Each row is a law of the ledger and how many rows break it: all must be 0.
SELECT 'debits equal credits in every entry' AS law,
       (SELECT count(*) FROM (SELECT move_id FROM account_move_line GROUP BY move_id
                              HAVING sum(debit) <> sum(credit) OR sum(balance) <> 0
                                  OR sum(amount_currency) <> 0) AS broken) AS broken
UNION ALL
SELECT 'a receivable residual is the balance less its partials',
       (SELECT count(*)
          FROM account_move_line AS line
          JOIN account_account AS account
            ON account.id = line.account_id AND account_type = 'asset_receivable'
          LEFT JOIN (SELECT debit_move_id AS id, sum(amount) AS amount,
                            sum(debit_amount_currency) AS amount_currency
                       FROM account_partial_reconcile GROUP BY debit_move_id) AS debit
            ON debit.id = line.id
          LEFT JOIN (SELECT credit_move_id AS id, sum(amount) AS amount,
                            sum(credit_amount_currency) AS amount_currency
                       FROM account_partial_reconcile GROUP BY credit_move_id) AS credit
            ON credit.id = line.id
         WHERE line.amount_residual <> line.balance
                   - coalesce(debit.amount, 0) + coalesce(credit.amount, 0)
            OR line.amount_residual_currency <> line.amount_currency
                   - coalesce(debit.amount_currency, 0)
                   + coalesce(credit.amount_currency, 0))
UNION ALL
SELECT 'a line is reconciled when nothing is left, and never overpaid',
       (SELECT count(*)
          FROM account_move_line AS line
          JOIN account_account AS account
            ON account.id = line.account_id AND account_type = 'asset_receivable'
         WHERE reconciled <> (amount_residual = 0 AND amount_residual_currency = 0)
            OR amount_residual * balance < 0
            OR (amount_residual = 0) <> (amount_residual_currency = 0)
            OR (full_reconcile_id IS NOT NULL AND NOT reconciled))
UNION ALL
SELECT 'both sides of a partial belong to one customer, currency and account',
       (SELECT count(*)
          FROM account_partial_reconcile AS partial
          JOIN account_move_line AS debit ON debit.id = debit_move_id
          JOIN account_move_line AS credit ON credit.id = credit_move_id
         WHERE debit.partner_id <> credit.partner_id
            OR debit.currency_id <> credit.currency_id
            OR debit.account_id <> credit.account_id
            OR debit.balance <= 0 OR credit.balance >= 0
            OR max_date <> greatest(debit.date, credit.date))
UNION ALL
SELECT 'the entry repeats what its lines say',
       (SELECT count(*)
          FROM account_move AS move
          JOIN (SELECT move_id, sum(balance) AS total, sum(amount_residual) AS residual
                  FROM account_move_line AS line
                  JOIN account_account AS account
                    ON account.id = line.account_id AND account_type = 'asset_receivable'
                 GROUP BY move_id) AS receivable ON receivable.move_id = move.id
         WHERE move_type <> 'entry'
           AND (amount_total_signed <> total OR amount_residual_signed <> residual
                OR (payment_state = 'paid') <> (residual = 0)))
UNION ALL
SELECT 'nothing is dated after today',
       (SELECT count(*) FROM account_move_line, bench.setting WHERE date > today)
UNION ALL
SELECT 'every payment is linked to its entry and the other way round',
       (SELECT count(*)
          FROM account_payment AS payment
          JOIN account_move AS move ON move.id = payment.move_id
         WHERE move.origin_payment_id IS DISTINCT FROM payment.id
            OR move.amount_total <> payment.amount)
