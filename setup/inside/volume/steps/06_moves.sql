-- account_move with the stored figures that Odoo would have computed.
INSERT INTO account_move (
    id, name, sequence_prefix, sequence_number, journal_id, company_id, currency_id, date,
    state, move_type, auto_post, partner_id, commercial_partner_id, partner_shipping_id,
    invoice_user_id, invoice_partner_display_name, invoice_payment_term_id, invoice_date,
    invoice_date_due, invoice_currency_rate, payment_reference, payment_state,
    amount_untaxed, amount_tax, amount_total, amount_residual,
    amount_untaxed_signed, amount_untaxed_in_currency_signed, amount_tax_signed,
    amount_total_signed, amount_total_in_currency_signed, amount_residual_signed,
    origin_payment_id, always_tax_exigible, checked, posted_before, made_sequence_gap, is_manually_modified,
    create_uid, write_uid, create_date, write_date)
SELECT header.id, header.name, header.prefix, header.number, header.journal_id,
       setting.company_id, header.currency_id, header.date, 'posted',
       CASE header.kind WHEN 'invoice' THEN 'out_invoice' WHEN 'refund' THEN 'out_refund'
                        ELSE 'entry' END,
       'no', header.partner_id, header.partner_id,
       CASE WHEN is_document THEN header.partner_id END,
       CASE WHEN is_document THEN partner.user_id END, partner.name,
       CASE WHEN has_instalments THEN setting.instalment_term_id END,
       CASE WHEN is_document THEN header.date END, coalesce(figures.due, header.date),
       CASE WHEN NOT is_document THEN 0 WHEN is_foreign THEN setting.rate ELSE 1 END,
       CASE WHEN is_document THEN header.name END,
       CASE WHEN NOT is_document THEN 'not_paid'
            WHEN residual = 0 THEN 'paid'
            WHEN residual = figures.total THEN 'not_paid'
            ELSE 'partial' END,
       abs(figures.income), abs(figures.tax), abs(figures.total),
       CASE WHEN is_document THEN abs(residual) ELSE 0 END,
       -figures.income_balance, -figures.income, -figures.tax_balance,
       CASE WHEN is_document THEN figures.total_balance ELSE abs(figures.total_balance) END,
       CASE WHEN is_document THEN figures.total ELSE abs(figures.total) END,
       CASE WHEN is_document THEN residual_balance ELSE 0 END,
       CASE header.kind WHEN 'payment' THEN setting.first_payment_id + header.key END,
       NOT is_document, true, true, false, false,
       1, 1, header.date + time '12:00', header.date + time '12:00'
  FROM bench.setting AS setting
  CROSS JOIN (SELECT *, kind IN ('invoice', 'refund') AS is_document FROM bench.header)
      AS header
  JOIN (SELECT move_id,
               coalesce(sum(amount) FILTER (WHERE role = 'income'), 0)
                   AS income,
               coalesce(sum(amount) FILTER (WHERE role = 'tax'), 0) AS tax,
               coalesce(sum(balance) FILTER (WHERE role = 'income'), 0) AS income_balance,
               coalesce(sum(balance) FILTER (WHERE role = 'tax'), 0) AS tax_balance,
               sum(amount) FILTER (WHERE role = 'receivable') AS total,
               sum(balance) FILTER (WHERE role = 'receivable') AS total_balance,
               sum(residual) FILTER (WHERE role = 'receivable') AS residual,
               sum(residual_balance) FILTER (WHERE role = 'receivable') AS residual_balance,
               max(due) FILTER (WHERE role = 'receivable') AS due
          FROM bench.line GROUP BY move_id) AS figures ON figures.move_id = header.id
  LEFT JOIN res_partner AS partner ON partner.id = header.partner_id
 ORDER BY header.id;
