-- The customers: a few large ones and a long tail, each with its habits.
-- bench.setting (one row) is filled by build.py; everything else follows from it by
-- hashing row numbers, so that the same setting gives the same ledger.

CREATE FUNCTION bench.pick(number bigint, salt integer, size integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT mod(hashint8extended(number, salt) & 9223372036854775807, size)::integer
$$;

-- 0 <= share < 1
CREATE FUNCTION bench.share(number bigint, salt integer) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bench.pick(number, salt, 1000000) / 1000000.0::double precision
$$;

-- The customer of a document: the square makes the first hundred about 7 % of all.
CREATE FUNCTION bench.customer_of(number bigint, salt integer, customers integer)
RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 1 + floor(customers * power(bench.share(number, salt), 2))::integer
$$;

CREATE UNLOGGED TABLE bench.customer AS
SELECT n,
       setting.first_partner_id + n AS partner_id,
       (ARRAY[0, 15, 30, 30, 30, 45, 60, 90])[1 + bench.pick(n, 101, 8)] AS term_days,
       bench.pick(n, 102, 40) - 5 AS delay_days,
       1 + bench.pick(n, 103, 5) AS invoices_per_payment,
       bench.pick(n, 104, 10) = 0 AS is_foreign
  FROM bench.setting AS setting, generate_series(1, setting.customers) AS n;

INSERT INTO res_partner (
    id, name, complete_name, commercial_partner_id, type, active, is_company,
    partner_share, color, email, email_normalized, lang, country_id, user_id,
    customer_rank, supplier_rank, message_bounce, autopost_bills, ref,
    create_uid, write_uid, create_date, write_date)
SELECT customer.partner_id, label.name, label.name, customer.partner_id, 'contact',
       true, bench.pick(n, 105, 5) > 0, true, 0, label.email, label.email, 'en_US',
       setting.country_ids[1 + bench.pick(n, 106, cardinality(setting.country_ids))],
       setting.salesperson_ids[
           1 + bench.pick(n, 107, cardinality(setting.salesperson_ids))],
       1, 0, 0, 'ask', 'BENCH' || n, 1, 1, now(), now()
  FROM bench.setting AS setting, bench.customer AS customer,
       LATERAL (SELECT 'Bench customer ' || n AS name,
                       CASE WHEN bench.pick(n, 108, 25) > 0
                            THEN 'customer' || n || '@example.com' END AS email) AS label;

-- One customer in ten has a contact of its own for invoices.
INSERT INTO res_partner (
    id, name, complete_name, parent_id, commercial_partner_id, type, active, is_company,
    partner_share, color, email, email_normalized, lang, country_id,
    customer_rank, supplier_rank, message_bounce, autopost_bills,
    create_uid, write_uid, create_date, write_date)
SELECT setting.first_partner_id + setting.customers + n, 'Payables ' || n,
       'Bench customer ' || n || ', Payables ' || n, customer.partner_id,
       customer.partner_id, 'invoice', true, false, true, 0,
       'payables' || n || '@example.com', 'payables' || n || '@example.com', 'en_US',
       parent.country_id, 0, 0, 0, 'ask', 1, 1, now(), now()
  FROM bench.setting AS setting
  CROSS JOIN bench.customer AS customer
  JOIN res_partner AS parent ON parent.id = customer.partner_id
 WHERE mod(n, 10) = 0;
