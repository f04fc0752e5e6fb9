-- What a GPU-hour costs now, per accelerator, provider and pricing type: low, median and high of the offers in force.
--
-- grain: accelerator_id, provider, pricing_type, commitment, is_gpu_only
-- unit: USD per GPU-hour, nominal
-- sources: gpu_price_history (in force, and seen within a year; of spot and marketplaces within half a year); core.gpu_price_watch, core.assumptions
-- column accelerator_id: accelerator; unknown in it where form factor or memory are not stated
-- column family: chip family
-- column provider: who asks the price
-- column pricing_type: on_demand, spot, community, reserved, cluster, serverless or low_priority; never averaged
-- column commitment: commitment as printed; none where there is none
-- column is_gpu_only: whether the host's processors and memory are priced apart
-- column low_usd_per_gpu_hour: lowest of the offers, lower bounds included
-- column usd_per_gpu_hour: median of the offers that are no lower bounds
-- column high_usd_per_gpu_hour: highest of the offers that are no lower bounds
-- column offers: offers in force, all regions and sizes
-- column floors: how many of them are lower bounds
-- column regions: regions with an offer; 0 where the price holds everywhere
-- column gpus_least: accelerators in the smallest offer
-- column gpus_most: accelerators in the largest offer
-- column last_seen: when the oldest of them was last seen (UTC)
-- column age_days: days from that to the newest successful visit of any source of prices
-- column is_stale: whether any of them is stale
-- column flag: thin market, where a marketplace has too few asks
-- column sources: sources
-- column source_url: address of an offer; of several pages the first
with chosen as (
    select
        max(central) filter (where assumption = 'price_current_days') as current_days,
        coalesce(max(central) filter (where assumption = 'market_price_current_days'), current_days) as market_days,
        max(central) filter (where assumption = 'thin_market') as thin_market
    from core.assumptions
    where variant = 'aicost'
)
select
    accelerator_id, any_value(family) as family, provider, pricing_type, commitment, is_gpu_only,
    min(usd_per_gpu_hour) as low_usd_per_gpu_hour,
    median(usd_per_gpu_hour) filter (where not is_floor) as usd_per_gpu_hour,
    max(usd_per_gpu_hour) filter (where not is_floor) as high_usd_per_gpu_hour,
    count(*) as offers,
    count(*) filter (where is_floor) as floors,
    count(distinct region) as regions,
    min(gpus) as gpus_least,
    max(gpus) as gpus_most,
    min(last_seen) as last_seen,
    date_diff('day', min(last_seen), any_value(as_of)) as age_days,
    bool_or(status = 'stale') as is_stale,
    case when pricing_type = 'community' and count(*) < any_value(thin_market) then 'thin market' end as flag,
    string_agg(distinct source, ', ' order by source) as sources,
    min(source_url) as source_url
from gpu_price_history
cross join core.gpu_price_watch
cross join chosen
where valid_from <= as_of and (valid_to is null or valid_to > as_of)
  and date_diff('day', last_seen, as_of) <= case when pricing_type in ('spot', 'community') then market_days else current_days end
  and not is_cross_check
  and accelerator_id is not null
  and usd_per_gpu_hour is not null
group by accelerator_id, provider, pricing_type, commitment, is_gpu_only
order by family, accelerator_id, pricing_type, commitment, usd_per_gpu_hour, provider
