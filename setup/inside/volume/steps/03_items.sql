-- Receivable lines of the invoices: one, or two instalments, with what the credit note
-- takes off them and what becomes of the rest.
CREATE UNLOGGED TABLE bench.item AS
SELECT part_of.i,
       part,
       part_of.customer,
       part_of.date,
       part_of.date + CASE WHEN part_of.has_instalments THEN 30 * part
                           ELSE customer.term_days END AS due,
       CASE WHEN NOT part_of.has_instalments THEN amount.total
            WHEN part = 1 THEN round(amount.total / 2, 2)
            ELSE amount.total - round(amount.total / 2, 2) END AS amount,
       CASE WHEN NOT part_of.has_instalments THEN amount.total_balance
            WHEN part = 1 THEN round(amount.total_balance / 2, 2)
            ELSE amount.total_balance - round(amount.total_balance / 2, 2) END AS balance,
       refund.i AS refund_i,
       refund.date AS refund_date,
       coalesce(refund_amount.total, 0) AS refund_amount,
       coalesce(refund_amount.total_balance, 0) AS refund_balance,
       -- bad debt: 2 % of the old invoices, more of the recent ones
       bench.pick(part_of.i * 2 + part, 6, 1000) < CASE
           WHEN part_of.date > setting.today - 365 THEN 125
           WHEN part_of.date > setting.today - 730 THEN 40
           ELSE 20 END AS is_never_paid,
       bench.pick(part_of.i * 2 + part, 7, 100) < 2 AS is_paid_in_part
  FROM bench.setting AS setting
  CROSS JOIN bench.document AS part_of
  CROSS JOIN LATERAL generate_series(1, CASE WHEN has_instalments THEN 2 ELSE 1 END) AS part
  JOIN bench.amount AS amount ON amount.i = part_of.i
  JOIN bench.customer AS customer ON customer.n = part_of.customer
  LEFT JOIN bench.document AS refund ON refund.applied_to = part_of.i AND part = 1
  LEFT JOIN bench.amount AS refund_amount ON refund_amount.i = refund.i
 WHERE NOT part_of.is_refund;

-- A customer pays its oldest debts together, as many at a time as it is used to.
CREATE UNLOGGED TABLE bench.item_in_payment AS
SELECT i, part, customer,
       (row_number() OVER (PARTITION BY customer ORDER BY due, i, part) - 1)
           / invoices_per_payment AS batch,
       date, due,
       CASE WHEN is_paid_in_part THEN round(owed * 0.6, 2) ELSE owed END AS paid,
       CASE WHEN is_paid_in_part THEN round(owed_balance * 0.6, 2)
            ELSE owed_balance END AS paid_balance
  FROM (SELECT item.*, customer.invoices_per_payment,
               amount - refund_amount AS owed, balance - refund_balance AS owed_balance
          FROM bench.item AS item
          JOIN bench.customer AS customer ON customer.n = item.customer
         WHERE NOT is_never_paid) AS payable;

-- kind: payment (by bank), adjustment (written off in a general journal), or account:
-- money on account, without any invoice
CREATE UNLOGGED TABLE bench.payment AS
SELECT row_number() OVER (ORDER BY date, customer, batch) AS p, planned.*,
       CASE WHEN bench.pick(customer::bigint * 100000 + batch, 9, 100) = 0
            THEN 'adjustment' ELSE 'payment' END AS kind
  FROM (SELECT customer, batch, sum(paid) AS amount, sum(paid_balance) AS balance,
               greatest(max(date), max(due) + max(delay_days)
                        + bench.pick(customer::bigint * 100000 + batch, 8, 15)) AS date
          FROM bench.item_in_payment
          JOIN bench.customer ON n = customer
         GROUP BY customer, batch) AS planned, bench.setting AS setting
 WHERE date < setting.today;

INSERT INTO bench.payment (p, customer, batch, amount, balance, date, kind)
SELECT last.p + k, customer.n, NULL, money.amount,
       CASE WHEN customer.is_foreign THEN round(money.amount / setting.rate, 2)
            ELSE money.amount END,
       setting.today - 1 - bench.pick(k, 10, 900), 'account'
  FROM bench.setting AS setting
  CROSS JOIN (SELECT coalesce(max(p), 0) AS p FROM bench.payment) AS last
  CROSS JOIN generate_series(1, setting.invoices / 200) AS k
  CROSS JOIN LATERAL (
      SELECT round((20 * power(100, bench.share(k, 11)))::numeric, 2) AS amount) AS money
  JOIN bench.customer AS customer ON customer.n = bench.customer_of(k, 12, setting.customers);

-- Opening balances: in the general journal, without a due date, some without a customer.
CREATE UNLOGGED TABLE bench.opening AS
SELECT k, CASE WHEN bench.pick(k, 13, 3) > 0
               THEN bench.customer_of(k, 14, setting.customers) END AS customer,
       setting.today - 1460 AS date,
       round((20 * power(100, bench.share(k, 15)))::numeric, 2) AS amount
  FROM bench.setting AS setting,
       generate_series(1, greatest(setting.customers / 66, 3)) AS k;
