-- No price that was announced for a day is announced otherwise for that day later.
-- severity: warn
select
    source, provider, offer, region, effective_on,
    min(price) as price_least, max(price) as price_most, any_value(currency) as currency,
    max(observed_at) as last_seen
from core.gpu_price_rows
where effective_on > observed_at::date
group by source, provider, offer, region, effective_on, offer_id
having count(distinct price) > 1
order by all
