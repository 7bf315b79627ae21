"""Invoices and credit notes: their numbers, and what they come to."""

from app.core.invariants import Invariant

_NUMBERED = """
SELECT format('invoice %s of issuer %s in %s: expected to follow number %s, found %s', id,
              issuer_id, year, before, number)
  FROM (SELECT id, issuer_id, year, number,
               lag(number, 1, 0::bigint) OVER (PARTITION BY issuer_id, year ORDER BY number)
                   AS before
          FROM invoices) i
 WHERE number <> before + 1
 UNION ALL
SELECT format('series of issuer %s in %s: expected %s as its last number, found %s', issuer_id,
              year, coalesce(i.n, 0), coalesce(s.last_number, 0))
  FROM invoice_series s
  FULL JOIN (SELECT issuer_id, year, max(number) AS n FROM invoices GROUP BY issuer_id, year) i
 USING (issuer_id, year)
 WHERE coalesce(i.n, 0) <> coalesce(s.last_number, 0)
 UNION ALL
SELECT format('invoice %s: expected a file of its number, found %s', i.id, f.name)
  FROM invoices i
  JOIN invoice_files d ON d.invoice_id = i.id
  JOIN files f ON f.id = d.file_id
 WHERE i.number < 100000
   AND f.name <> concat(i.series, '-', i.year, '-', lpad(i.number::text, 5, '0'), '.', d.form)
"""

_SAYS = """
SELECT format('invoice %s: expected %s', i.id, fault)
  FROM invoices i
  LEFT JOIN invoices c ON c.id = i.corrects_id
 CROSS JOIN LATERAL (VALUES
       (i.kind = 'credit-note'
        AND (c.kind, c.order_id, c.supply, c.issuer_id, c.buyer_id) IS DISTINCT FROM
            ('invoice', i.order_id, i.supply, i.issuer_id, i.buyer_id),
        'to give back an invoice of the same order and parties, found another'),
       (i.content ->> 'kind' <> i.kind, format('to say that it is an %s, found %s', i.kind,
                                               i.content ->> 'kind')),
       (i.content ->> 'issued_on' <> CAST(i.issued_on AS text),
        format('to say that it is of %s, found %s', i.issued_on, i.content ->> 'issued_on')),
       (i.issued_on NOT BETWEEN
        CAST((i.issued_at - interval '10 minutes') AT TIME ZONE 'Europe/Amsterdam' AS date)
        AND CAST((i.issued_at + interval '10 minutes') AT TIME ZONE 'Europe/Amsterdam' AS date),
        format('to be of the day of %s, found %s', i.issued_at, i.issued_on)),
       ((i.content ->> 'total_cents')::bigint <> i.total_cents,
        format('to say that it comes to %s, found %s', i.total_cents,
               i.content ->> 'total_cents')),
       ((SELECT sum((l ->> 'quantity')::bigint * (l ->> 'unit_price_cents')::bigint)
           FROM jsonb_array_elements(i.content -> 'lines') l) IS DISTINCT FROM i.net_cents,
        format('lines that come to %s', i.net_cents)),
       (i.content #>> '{payment,due_on}' IS DISTINCT FROM CAST(i.due_on AS text),
        format('to say that it is due on %s, found %s', i.due_on,
               i.content #>> '{payment,due_on}')),
       (i.content #>> '{corrects,number}' IS DISTINCT FROM
        concat(c.series || '-', c.year || '-', lpad(CAST(c.number AS text), 5, '0'))
        AND c.number < 100000, 'to name the invoice that it gives back, found another')
       ) f(found, fault)
 WHERE found
"""

_OF_ORDERS = """
WITH billed AS (
    SELECT order_id, supply,
           sum(CASE kind WHEN 'invoice' THEN units ELSE -units END) AS units,
           sum(CASE kind WHEN 'invoice' THEN net_cents ELSE -net_cents END) AS net,
           sum(CASE kind WHEN 'invoice' THEN vat_cents ELSE -vat_cents END) AS vat
      FROM invoices GROUP BY order_id, supply
), lost AS (
    SELECT order_id, sum(quantity_units) AS units, sum(price_cents) AS price,
           sum(vat_sale_cents) AS vat_sale, sum(fee_cents) AS fee, sum(vat_fee_cents) AS vat_fee
      FROM order_parts GROUP BY order_id
)
SELECT format('%s of order %s (%s): expected %s units, %s and %s cents invoiced, found %s, %s, %s',
              b.supply, o.id, o.state, w.units, w.net, w.vat, b.units, b.net, b.vat)
  FROM billed b
  JOIN orders o ON o.id = b.order_id
  LEFT JOIN lost p ON p.order_id = o.id
 CROSS JOIN LATERAL (SELECT (o.state NOT IN ('expired', 'cancelled'))::integer AS counts) c
 CROSS JOIN LATERAL (SELECT
       c.counts * CASE b.supply WHEN 'units' THEN o.quantity_units - coalesce(p.units, 0)
                                ELSE 0 END AS units,
       c.counts * CASE b.supply WHEN 'units' THEN o.price_cents - coalesce(p.price, 0)
                                ELSE o.fee_cents - coalesce(p.fee, 0) END AS net,
       c.counts * CASE b.supply WHEN 'units' THEN o.vat_sale_cents - coalesce(p.vat_sale, 0)
                                ELSE o.vat_fee_cents - coalesce(p.vat_fee, 0) END AS vat) w
 WHERE (b.units, b.net, b.vat) <> (w.units, w.net, w.vat)
"""

_PARTIES = """
SELECT format('invoice %s: expected the parties of order %s, and whom its policy has draw it up,'
              ' found others', i.id, o.id)
  FROM invoices i
  JOIN orders o ON o.id = i.order_id
  JOIN projects p ON p.id = o.project_id
  JOIN schemes s ON s.id = o.scheme_id
  JOIN scheme_policies t ON t.id = o.policy_id
 WHERE (i.scheme_id, i.issuer_id, i.drawn_up_by_id, i.buyer_id) <>
       (o.scheme_id,
        CASE i.supply WHEN 'units' THEN p.entrepreneur_id ELSE s.operator_id END,
        CASE WHEN i.supply = 'units' AND t.terms #>> '{invoicing,issuedBy}' = 'entrepreneur'
             THEN p.entrepreneur_id ELSE s.operator_id END,
        CASE WHEN i.supply = 'units' OR o.fee_borne_by = 'buyer' THEN o.buyer_id
             ELSE p.entrepreneur_id END)
"""

_RECORDED = """
SELECT format('invoice %s: expected what was recorded when it was issued, found another',
              coalesce(i.id, e.subject_id))
  FROM invoices i
  FULL JOIN (SELECT * FROM events WHERE type IN ('invoice.issued', 'invoice.credited')) e
    ON e.subject_id = i.id
 WHERE ((CASE i.kind WHEN 'invoice' THEN 'invoice.issued' ELSE 'invoice.credited' END,
         i.order_id::text, i.total_cents::text)
        = (e.type, e.data ->> 'orderId', e.data ->> 'totalCents')
        AND abs(extract(epoch FROM e.occurred_at - i.issued_at)) <= 600) IS NOT TRUE
"""

INVARIANTS = (
    Invariant(
        "invoices-recorded",
        "Which invoices were issued, and for how much, is what the trail of events says too.",
        _RECORDED,
    ),
    Invariant(
        "invoices-numbered",
        "The invoices of an issuer are numbered in a year from 1 on, in their order, without a"
        " gap.",
        _NUMBERED,
    ),
    Invariant(
        "invoices-say",
        "An invoice says what it comes to, of which day it is, and which invoice it gives back.",
        _SAYS,
    ),
    Invariant(
        "invoices-of-orders",
        "What is invoiced of an order, and not given back, is what it has and costs.",
        _OF_ORDERS,
    ),
    Invariant(
        "invoices-parties",
        "An invoice is between the parties of its order, and drawn up by whom its policy names.",
        _PARTIES,
    ),
)
