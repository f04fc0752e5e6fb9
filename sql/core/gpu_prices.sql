-- Every price of a GPU-hour on file, as observed, one row per offer, term and observation; spot and clusters apart.
--
-- grain: source, visit_id, page_number, source_row, pricing_type, commitment
-- unit: USD per GPU-hour, nominal
-- sources: raw.gpu_prices (cloud price pages), core.hardware_prices (epoch_hardware_prices); meta.names; core.assumptions
with rented as (
    unpivot (select * from core.hardware_prices where vendor is not null)
    on on_demand_usd_per_chip_hour, one_year_usd_per_chip_hour, three_year_usd_per_chip_hour
    into name term value usd_per_gpu_hour
),
offered as (
    select prices.*, names.accelerator_id, names.family, sources.url as source_url
    from raw.gpu_prices as prices
    left join meta.names as names
        on names.printed = prices.gpu and names.memory_gb is not distinct from prices.vram_gb
    left join meta.sources as sources on sources.source = prices.source
    -- other currencies need a dated exchange rate; none is on file yet, so they wait in raw
    where prices.currency = 'USD'
),
observed as (
    select
        source,
        'table' as visit_id,
        0 as page_number,
        source_row,
        vendor as provider,
        accelerator_id,
        family,
        chip_name as gpu_as_printed,
        location as region,
        case when term = 'on_demand_usd_per_chip_hour' then 'on_demand' else 'reserved' end as pricing_type,
        case term
            when 'one_year_usd_per_chip_hour' then '1 year'
            when 'three_year_usd_per_chip_hour' then '3 years'
            else 'none'
        end as commitment,
        usd_per_gpu_hour,
        false as is_floor,
        priced_on,
        source_url,
        observed_at
    from rented
    union all
    select
        source,
        visit_id,
        page_number,
        row,
        provider,
        accelerator_id,
        family,
        gpu,
        region,
        pricing_type,
        coalesce(commitment, 'none'),
        price / case price_unit when 'instance_hour' then gpu_count else 1 end,
        is_floor,
        coalesce(effective_on, observed_at::date),
        source_url,
        observed_at
    from offered
)
select observed.* replace (
    coalesce(one_name.value_text, observed.provider) as provider,
    -- a marketplace of other people's machines is no cloud, whatever column its price stands in
    case when marketplaces.key is not null and pricing_type = 'on_demand' then 'community' else pricing_type end as pricing_type
)
from observed
left join core.assumptions as one_name
    on one_name.assumption = 'provider_alias' and one_name.key = observed.provider
left join core.assumptions as marketplaces
    on marketplaces.assumption = 'community_provider' and marketplaces.key = observed.provider
order by source, visit_id, page_number, source_row, pricing_type, commitment
