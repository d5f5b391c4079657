-- Invoices and credit notes over four years, evenly by day, amounts from 20 to 20,000.
CREATE UNLOGGED TABLE bench.document AS
SELECT i,
       customer.n AS customer,
       setting.today - 1 - (1459::bigint * (setting.invoices - i) / setting.invoices)::integer
           AS date,
       bench.pick(i, 2, 50) = 0 AS is_refund,
       bench.pick(i, 2, 50) > 0 AND bench.pick(i, 3, 20) = 0 AS has_instalments,
       customer.is_foreign,
       round((20 * power(1000, bench.share(i, 4)))::numeric, 2) AS net,
       NULL::integer AS applied_to
  FROM bench.setting AS setting
  CROSS JOIN generate_series(1, setting.invoices) AS i
  JOIN bench.customer AS customer ON customer.n = bench.customer_of(i, 1, setting.customers);

-- Half of the credit notes take 30 % off the customer's invoice before them; the others
-- stay unapplied. A credit note is never larger than what it is applied to.
UPDATE bench.document AS document
   SET applied_to = target.i,
       net = round(target.net * CASE WHEN target.has_instalments THEN 0.15 ELSE 0.3 END, 2)
  FROM (SELECT i,
               lag(i) OVER customer AS target_i
          FROM bench.document
        WINDOW customer AS (PARTITION BY customer ORDER BY i)) AS previous
  JOIN bench.document AS target ON target.i = previous.target_i
 WHERE previous.i = document.i
   AND document.is_refund
   AND NOT target.is_refund
   AND bench.pick(document.i, 5, 2) = 0;

-- Amounts: 15 % tax; one fixed rate, so that nothing needs an exchange entry.
CREATE UNLOGGED TABLE bench.amount AS
SELECT i, net, tax, net + tax AS total, net_balance, tax_balance,
       net_balance + tax_balance AS total_balance
  FROM (SELECT i, net, round(net * 0.15, 2) AS tax,
               round(net / one_rate.rate, 2) AS net_balance,
               round(round(net * 0.15, 2) / one_rate.rate, 2) AS tax_balance
          FROM bench.setting AS setting, bench.document AS document,
               LATERAL (SELECT CASE WHEN is_foreign THEN setting.rate ELSE 1 END AS rate)
                   AS one_rate) AS converted;
CREATE INDEX ON bench.amount (i);
CREATE INDEX ON bench.document (i);
