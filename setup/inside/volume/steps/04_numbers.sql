-- Every entry gets its id in order of date, as if it had been entered day by day.
CREATE UNLOGGED TABLE bench.move AS
SELECT setting.first_move_id + row_number() OVER (ORDER BY date, kind, key) AS id, entry.*,
       row_number() OVER (PARTITION BY prefix ORDER BY date, kind, key) AS number
  FROM bench.setting AS setting,
  (SELECT CASE WHEN is_refund THEN 'refund' ELSE 'invoice' END AS kind, i::bigint AS key,
          date, CASE WHEN is_refund THEN 'RINV/' ELSE 'INV/' END || to_char(date, 'YYYY/')
          AS prefix
     FROM bench.document
   UNION ALL
   SELECT CASE kind WHEN 'adjustment' THEN 'adjustment' ELSE 'payment' END, p, date,
          CASE kind WHEN 'adjustment' THEN 'MISC/' ELSE 'PBNK1/' END
              || to_char(date, 'YYYY/')
     FROM bench.payment
   UNION ALL
   SELECT 'opening', k, date, 'MISC/' || to_char(date, 'YYYY/') FROM bench.opening
  ) AS entry;
ALTER TABLE bench.move ADD COLUMN name varchar;
UPDATE bench.move SET name = prefix || lpad(number::text, greatest(5, length(number::text)), '0');
CREATE UNIQUE INDEX ON bench.move (kind, key);
CREATE UNIQUE INDEX ON bench.move (id);

-- What one line settles of another: the credit note first, then the payment.
CREATE UNLOGGED TABLE bench.settlement AS
SELECT setting.first_partial_id + row_number() OVER (ORDER BY date, i, part, kind) AS id,
       settled.*
  FROM bench.setting AS setting,
  (SELECT item.i, item.part, 'refund' AS kind, refund_i::bigint AS credit_key,
          refund_amount AS amount, refund_balance AS balance, refund_date AS date,
          payment.p
     FROM bench.item AS item
     LEFT JOIN bench.item_in_payment AS paid USING (i, part)
     LEFT JOIN bench.payment AS payment
       ON payment.customer = paid.customer AND payment.batch = paid.batch
    WHERE refund_i IS NOT NULL
   UNION ALL
   SELECT i, part, 'payment', p, paid, paid_balance, payment.date, p
     FROM bench.item_in_payment AS paid
     JOIN bench.payment AS payment USING (customer, batch)
    WHERE paid > 0 AND paid_balance > 0) AS settled;
CREATE INDEX ON bench.settlement (i, part);
CREATE INDEX ON bench.settlement (credit_key, kind);

-- Lines that are settled together get one matching number; a full one when nothing is left.
CREATE UNLOGGED TABLE bench.matching AS
SELECT cluster, min(settlement.id) AS partial_id,
       bool_and(NOT is_paid_in_part) AND bool_and(settlement.p IS NOT NULL) AS is_full,
       NULL::bigint AS full_id
  FROM (SELECT settlement.*, coalesce(p::text, i || '/' || part) AS cluster
          FROM bench.settlement) AS settlement
  JOIN bench.item USING (i, part)
 GROUP BY cluster;
UPDATE bench.matching
   SET full_id = numbered.id
  FROM (SELECT cluster, setting.first_full_id
               + row_number() OVER (ORDER BY partial_id) AS id
          FROM bench.matching, bench.setting AS setting WHERE is_full) AS numbered
 WHERE numbered.cluster = matching.cluster;

ALTER TABLE bench.settlement ADD COLUMN full_id bigint, ADD COLUMN matching varchar;
UPDATE bench.settlement
   SET full_id = matching.full_id,
       matching = coalesce(matching.full_id::text, 'P' || matching.partial_id)
  FROM bench.matching
 WHERE cluster = coalesce(p::text, i || '/' || part);

-- What is left of every receivable line.
CREATE UNLOGGED TABLE bench.residual AS
SELECT item.i, item.part,
       item.amount - coalesce(sum(settlement.amount), 0) AS residual,
       item.balance - coalesce(sum(settlement.balance), 0) AS residual_balance,
       max(settlement.matching) AS matching, max(settlement.full_id) AS full_id
  FROM bench.item AS item
  LEFT JOIN bench.settlement AS settlement USING (i, part)
 GROUP BY item.i, item.part, item.amount, item.balance;
CREATE INDEX ON bench.residual (i, part);
