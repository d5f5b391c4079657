-- The figures of every case, by hand: what a refresh is measured against, and checked
-- with. Parameters: company, today, soon (a date), accounts, journals (of money),
-- withholding (journals), currency, partners (NULL: all).
WITH item AS (
    SELECT partner_id, currency_id, move_id, date,
           coalesce(date_maturity, date) AS due, coalesce(no_followup, false) AS excluded,
           amount_residual AS amount, amount_residual_currency AS amount_currency
      FROM account_move_line
     WHERE company_id = %(company)s
       AND account_id = ANY (%(accounts)s)
       AND parent_state = 'posted'
       AND (amount_residual <> 0 OR amount_residual_currency <> 0)
       AND partner_id IS NOT NULL
       {partners}
),
open_part AS (
    SELECT partner_id, currency_id,
           sum(amount) FILTER (WHERE amount > 0 AND due >= %(today)s) AS not_due,
           sum(amount) FILTER (WHERE amount > 0 AND due BETWEEN %(today)s AND %(soon)s)
               AS due_soon,
           sum(amount) FILTER (WHERE amount > 0 AND due < %(today)s) AS overdue,
           sum(amount) FILTER (WHERE amount > 0 AND due < %(today)s AND excluded)
               AS excluded,
           sum(amount_currency)
               FILTER (WHERE amount > 0 AND due < %(today)s AND NOT excluded) AS asked,
           -sum(amount) FILTER (WHERE amount < 0) AS credit,
           -sum(amount_currency) FILTER (WHERE amount_currency < 0) AS credit_currency,
           sum(amount) AS balance,
           min(due) FILTER (WHERE amount > 0) AS oldest,
           count(*) AS items,
           count(*) FILTER (WHERE amount > 0 AND due < %(today)s) AS overdue_items,
           max(ARRAY[date - DATE '1970-01-01', move_id]) FILTER (WHERE amount > 0)
               AS newest,
           NULL::integer[] AS payment, NULL::numeric AS late, NULL::numeric AS paid,
           NULL::numeric AS confirm
      FROM item
     GROUP BY partner_id, currency_id
),
payment_part AS (
    SELECT partner_id, %(currency)s::integer,
           NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric,
           NULL::numeric, NULL::numeric, NULL::numeric, NULL::date, NULL::bigint,
           NULL::bigint, NULL::integer[],
           max(ARRAY[date - DATE '1970-01-01', id]), NULL::numeric, NULL::numeric,
           NULL::numeric
      FROM account_move_line
     WHERE company_id = %(company)s
       AND account_id = ANY (%(accounts)s)
       AND parent_state = 'posted'
       AND journal_id = ANY (%(journals)s)
       AND balance < 0
       AND partner_id IS NOT NULL
       {partners}
     GROUP BY partner_id
),
late_part AS (
    SELECT debit.partner_id, %(currency)s::integer,
           NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric,
           NULL::numeric, NULL::numeric, NULL::numeric, NULL::date, NULL::bigint,
           NULL::bigint, NULL::integer[], NULL::integer[],
           sum(partial.amount * greatest(
               0, max_date - coalesce(debit.date_maturity, debit.date))),
           sum(partial.amount), NULL::numeric
      FROM account_partial_reconcile AS partial
      JOIN account_move_line AS debit ON debit.id = partial.debit_move_id
      JOIN account_move_line AS credit ON credit.id = partial.credit_move_id
     WHERE debit.company_id = %(company)s
       AND debit.account_id = ANY (%(accounts)s)
       AND debit.parent_state = 'posted'
       AND debit.partner_id IS NOT NULL
       AND max_date > %(today)s::date - 365
       AND max_date <= %(today)s
       AND (credit.payment_id IS NOT NULL OR credit.statement_line_id IS NOT NULL
            OR credit.journal_id = ANY (%(journals)s)
            OR credit.journal_id = ANY (%(withholding)s))
       {debit_partners}
     GROUP BY debit.partner_id
),
confirm_part AS (
    SELECT partner_id, currency_id,
           NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric, NULL::numeric,
           NULL::numeric, NULL::numeric, NULL::numeric, NULL::date, NULL::bigint,
           NULL::bigint, NULL::integer[], NULL::integer[], NULL::numeric,
           NULL::numeric, sum(amount)
      FROM (SELECT partner_id, currency_id, amount
              FROM account_payment AS payment
             WHERE move_id IS NULL AND state IN ('in_process', 'paid')
               AND payment_type = 'inbound' AND company_id = %(company)s
               AND EXISTS (SELECT FROM account_move__account_payment
                            WHERE payment_id = payment.id)
            UNION ALL
            SELECT partner_id, currency_id, amount
              FROM payment_transaction AS paying
             WHERE state IN ('pending', 'authorized') AND payment_id IS NULL
               AND operation <> 'refund' AND company_id = %(company)s
               AND EXISTS (SELECT FROM account_invoice_transaction_rel
                            WHERE transaction_id = paying.id)) AS paying
     WHERE partner_id IS NOT NULL
       {partners}
     GROUP BY partner_id, currency_id
),
by_currency AS (
    SELECT customer.commercial_partner_id AS partner_id, currency_id,
           coalesce(sum(not_due), 0) AS not_due, coalesce(sum(due_soon), 0) AS due_soon,
           coalesce(sum(overdue), 0) AS overdue, coalesce(sum(excluded), 0) AS excluded,
           coalesce(sum(asked), 0) AS asked, coalesce(sum(credit), 0) AS credit,
           coalesce(sum(credit_currency), 0) AS credit_currency,
           coalesce(sum(balance), 0) AS balance, min(oldest) AS oldest,
           coalesce(sum(items), 0) AS items, coalesce(sum(overdue_items), 0) AS overdue_items,
           max(newest) AS newest, max(payment) AS payment, sum(late) AS late,
           sum(paid) AS paid, coalesce(sum(confirm), 0) AS confirm
      FROM (TABLE open_part UNION ALL TABLE payment_part UNION ALL TABLE late_part
            UNION ALL TABLE confirm_part) AS part
      JOIN res_partner AS customer ON customer.id = part.partner_id
     GROUP BY customer.commercial_partner_id, currency_id
),
by_case AS (
    SELECT by_currency.partner_id,
           sum(not_due) AS not_due, sum(due_soon) AS due_soon, sum(overdue) AS overdue,
           sum(excluded) AS excluded, sum(credit) AS credit, sum(balance) AS balance,
           -- credits of a currency first, what is left of them at the day's rate
           greatest(0, sum(
               CASE WHEN asked > credit_currency
                    THEN (overdue - excluded) * (asked - credit_currency) / asked
                    ELSE (asked - credit_currency) * coalesce(rate.rate, 1) END)) AS net,
           greatest(0, sum(
               CASE WHEN asked > credit_currency + confirm
                    THEN (overdue - excluded) * (asked - credit_currency - confirm) / asked
                    ELSE (asked - credit_currency - confirm) * coalesce(rate.rate, 1)
               END)) AS actionable,
           sum(confirm * coalesce(rate.rate, 1)) AS confirm,
           min(oldest) AS oldest, sum(items) AS items, sum(overdue_items) AS overdue_items,
           (max(newest))[2] AS newest_move, (max(payment))[2] AS payment_line,
           sum(late) AS late, sum(paid) AS paid
      FROM by_currency
      LEFT JOIN (
          SELECT currency.id, coalesce(1 / last.rate, 1) AS rate
            FROM res_currency AS currency
            LEFT JOIN LATERAL (
                SELECT rate FROM res_currency_rate
                 WHERE currency_id = currency.id AND name <= %(today)s
                   AND coalesce(company_id, %(company)s) = %(company)s
                 ORDER BY company_id, name DESC LIMIT 1) AS last ON true
           WHERE active) AS rate ON rate.id = currency_id
     GROUP BY by_currency.partner_id
)
SELECT by_case.partner_id, round(not_due, 2) AS amount_not_due,
       round(due_soon, 2) AS amount_due_soon, round(overdue, 2) AS amount_overdue,
       round(excluded, 2) AS amount_excluded, round(by_case.credit, 2) AS amount_credit,
       round(net, 2) AS amount_overdue_net,
       round(actionable, 2) AS amount_actionable,
       round(by_case.confirm, 2) AS amount_to_confirm,
       round(by_case.balance, 2) AS amount_balance,
       oldest AS oldest_due_date,
       greatest(0, coalesce(%(today)s::date - oldest, 0)) AS days_overdue,
       items::integer AS item_count, overdue_items::integer AS overdue_item_count,
       payment.date AS last_payment_date,
       round(-payment.balance, 2) AS last_payment_amount,
       CASE WHEN paid > 0 THEN round(late / paid, 1) END AS average_days_late,
       coalesce(customer.user_id, newest.invoice_user_id) AS salesperson_id
  FROM by_case
  JOIN res_partner AS customer ON customer.id = by_case.partner_id
  LEFT JOIN account_move AS newest ON newest.id = newest_move
  LEFT JOIN account_move_line AS payment ON payment.id = payment_line
