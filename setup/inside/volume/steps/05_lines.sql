-- Every line of every entry, in one narrow table: amounts in the document's currency and
-- in the company's, and what is left of it. part tells instalments apart.
CREATE UNLOGGED TABLE bench.line AS
SELECT setting.first_line_id + row_number() OVER (ORDER BY move_id, position, part) AS id,
       every.*
  FROM bench.setting AS setting,
  (-- income and tax of invoices and credit notes
   SELECT move.id AS move_id, 1 AS position, 0 AS part, 'income' AS role,
          side * net AS amount, side * net_balance AS balance,
          0::numeric AS residual, 0::numeric AS residual_balance,
          NULL::date AS due, NULL::varchar AS matching, NULL::bigint AS full_id
     FROM bench.document
     JOIN bench.amount USING (i, net)
     JOIN bench.move AS move
       ON key = i AND kind = CASE WHEN is_refund THEN 'refund' ELSE 'invoice' END
    CROSS JOIN LATERAL (SELECT CASE WHEN is_refund THEN 1 ELSE -1 END AS side) AS sides
   UNION ALL
   SELECT move.id, 2, 0, 'tax', side * tax, side * tax_balance, 0, 0, NULL, NULL, NULL
     FROM bench.document
     JOIN bench.amount USING (i, net)
     JOIN bench.move AS move
       ON key = i AND kind = CASE WHEN is_refund THEN 'refund' ELSE 'invoice' END
    CROSS JOIN LATERAL (SELECT CASE WHEN is_refund THEN 1 ELSE -1 END AS side) AS sides
   UNION ALL
   -- what the customer owes, by instalment
   SELECT move.id, 3, part, 'receivable', item.amount, item.balance,
          residual, residual_balance, due, matching, full_id
     FROM bench.item
     JOIN bench.residual USING (i, part)
     JOIN bench.move AS move ON key = i AND kind = 'invoice'
   UNION ALL
   -- credit notes: wholly used where they were applied, else wholly open
   SELECT move.id, 3, 0, 'receivable', -total, -total_balance,
          CASE WHEN settlement.id IS NULL THEN -total ELSE 0 END,
          CASE WHEN settlement.id IS NULL THEN -total_balance ELSE 0 END,
          document.date, settlement.matching, settlement.full_id
     FROM bench.document
     JOIN bench.amount USING (i)
     JOIN bench.move AS move ON key = document.i AND move.kind = 'refund'
     LEFT JOIN bench.settlement ON credit_key = document.i AND settlement.kind = 'refund'
    WHERE is_refund
   UNION ALL
   -- payments, adjustments and money on account
   SELECT move.id, 1, 0,
          CASE payment.kind WHEN 'adjustment' THEN 'expense' ELSE 'bank' END,
          payment.amount, payment.balance,
          CASE payment.kind WHEN 'adjustment' THEN 0 ELSE payment.amount END,
          CASE payment.kind WHEN 'adjustment' THEN 0 ELSE payment.balance END,
          payment.date, NULL, NULL
     FROM bench.payment
     JOIN bench.move AS move
       ON key = p AND move.kind = CASE payment.kind WHEN 'adjustment' THEN 'adjustment'
                                                    ELSE 'payment' END
   UNION ALL
   SELECT move.id, 2, 0, 'receivable', -payment.amount, -payment.balance,
          CASE payment.kind WHEN 'account' THEN -payment.amount ELSE 0 END,
          CASE payment.kind WHEN 'account' THEN -payment.balance ELSE 0 END,
          payment.date, coalesce(full_id::text, 'P' || partial_id), full_id
     FROM bench.payment
     JOIN bench.move AS move
       ON key = p AND move.kind = CASE payment.kind WHEN 'adjustment' THEN 'adjustment'
                                                    ELSE 'payment' END
     LEFT JOIN bench.matching ON cluster = p::text
   UNION ALL
   SELECT move.id, 1, 0, 'receivable', amount, amount, amount, amount, NULL, NULL, NULL
     FROM bench.opening JOIN bench.move AS move ON key = k AND kind = 'opening'
   UNION ALL
   SELECT move.id, 2, 0, 'income', -amount, -amount, 0, 0, NULL, NULL, NULL
     FROM bench.opening JOIN bench.move AS move ON key = k AND kind = 'opening'
  ) AS every;
CREATE INDEX ON bench.line (move_id);

-- Who and what each entry is about.
CREATE UNLOGGED TABLE bench.header AS
SELECT move.id, move.kind, move.key, move.date, move.prefix, move.number, move.name,
       customer.partner_id, coalesce(customer.is_foreign, false) AS is_foreign,
       CASE move.kind WHEN 'payment' THEN setting.bank_journal_id
                      WHEN 'invoice' THEN setting.sale_journal_id
                      WHEN 'refund' THEN setting.sale_journal_id
                      ELSE setting.general_journal_id END AS journal_id,
       CASE WHEN customer.is_foreign THEN setting.foreign_currency_id
            ELSE setting.currency_id END AS currency_id,
       has_instalments
  FROM bench.setting AS setting
  CROSS JOIN bench.move AS move
  LEFT JOIN bench.document AS document
    ON document.i = move.key AND move.kind IN ('invoice', 'refund')
  LEFT JOIN bench.payment AS payment
    ON payment.p = move.key AND move.kind IN ('payment', 'adjustment')
  LEFT JOIN bench.opening AS opening ON opening.k = move.key AND move.kind = 'opening'
  LEFT JOIN bench.customer AS customer
    ON customer.n = coalesce(document.customer, payment.customer, opening.customer);
CREATE INDEX ON bench.header (id);
