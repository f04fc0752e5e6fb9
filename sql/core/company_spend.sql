-- What companies spent on computing or raised, one row a report.
--
-- grain: spend_id
-- unit: USD, nominal
-- sources: raw.company_spend (Epoch's data on AI companies)
select
    format('{}-{}', source, row) as spend_id,
    name, company, kind, covers, period, period_on, reported_on, status, confidence,
    amount_usd, rnd_compute_usd, inference_compute_usd, equity_usd, debt_usd, valuation_usd, is_left_out,
    coalesce(address, sources.url) as source_url,
    sources.title as source_title,
    spend.row as source_row, spend.source, spend.observed_at
from raw.company_spend as spend
left join meta.sources as sources using (source)
order by spend_id
