-- What the hours of a claim would cost at each cloud's price around its day, cheapest first.
-- parameter claim_id: claim, as in reported_claims
select
    markets.provider, markets.priced_family, markets.is_equivalent, markets.usd_per_gpu_hour, markets.priced_on, markets.days_apart,
    checks.gpu_hours, markets.usd_per_gpu_hour * checks.gpu_hours as usd, checks.scope, checks.hardware, markets.source_url
from claim_markets as markets
join claim_checks as checks using (claim_id)
where claim_id = $claim_id
order by markets.usd_per_gpu_hour, markets.provider
