-- Every price of a GPU-hour as observed: what was printed, the accelerators it buys, and the GPU-hour that follows.
--
-- What a later page of the same day repeats of an offer is no further row: last_visit_id is the newest that shows it.
-- grain: source, visit_id, page_number, source_row, pricing_type, commitment
-- unit: USD per GPU-hour, nominal, at the reference rate of the day; the price itself in its currency and unit
-- sources: raw.gpu_prices (price pages and catalogs), core.hardware_prices; meta.names, meta.skus, meta.sources; core.accelerators, core.exchange_rates; data/reference/regions.csv
with chosen as (
    select
        max(central) filter (where assumption = 'month_hours') as month_hours,
        max(central) filter (where assumption = 'exchange_rate_gap_days') as rate_gap_days
    from core.assumptions
    where variant = 'aicost'
),
rented as (
    unpivot (select * from core.hardware_prices where vendor is not null)
    on on_demand_usd_per_chip_hour, one_year_usd_per_chip_hour, three_year_usd_per_chip_hour
    into name term value price
),
dated as (
    select
        source, 'table' as visit_id, 'table' as last_visit_id, 0 as page_number, source_row,
        vendor as provider,
        -- the table can have several prices of one chip, cloud and day
        concat(chip_name, ' #', row_number() over (
            partition by source, vendor, chip_name, location, term, priced_on order by source_row)) as offer,
        null as sku, chip_name as gpu_as_printed,
        accelerator_id, family, null::double as gpus, location as region,
        case when term = 'on_demand_usd_per_chip_hour' then 'on_demand' else 'reserved' end as pricing_type,
        case term
            when 'one_year_usd_per_chip_hour' then '1 year' when 'three_year_usd_per_chip_hour' then '3 years'
        end as commitment,
        12 * case term when 'one_year_usd_per_chip_hour' then 1 when 'three_year_usd_per_chip_hour' then 3 end as term_months,
        price, 'USD' as currency, 'gpu_hour' as price_unit, null::double as month_hours,
        false as is_contrary, false as is_gpu_only, false as is_floor, null::date as effective_on,
        priced_on::timestamptz as observed_at, source_url, false as is_cross_check
    from rented
),
offered as (
    select
        prices.source, prices.visit_id, prices.last_visit_id, prices.page_number, prices.row as source_row,
        prices.provider, prices.offer, prices.sku, prices.gpu as gpu_as_printed,
        -- the provider's code goes before the name it prints
        coalesce(skus.accelerator_id, names.accelerator_id) as accelerator_id,
        case when skus.accelerator_id is not null then skus.family else names.family end as family,
        coalesce(skus.gpus, prices.gpu_count, prices.gpu_memory_gb / cards.memory_gb) as gpus,
        -- a die of a board, or a slice, printed as if it were a card: no price of a whole one
        skus.accelerator_id is null and coalesce(names.is_contrary, false) as is_contrary,
        prices.region, prices.pricing_type, prices.commitment, prices.term_months,
        prices.price, prices.currency, prices.price_unit, prices.month_hours,
        prices.is_gpu_only, prices.is_floor, prices.effective_on,
        prices.observed_at, sources.url as source_url, coalesce(sources.cross_check, false) as is_cross_check
    from raw.gpu_prices as prices
    left join meta.sources as sources on sources.source = prices.source
    left join meta.skus as skus on skus.provider = prices.provider and skus.sku = prices.sku
    left join meta.names as names on names.printed = prices.gpu and names.memory_gb is not distinct from prices.vram_gb
    left join core.accelerators as cards on cards.accelerator_id = coalesce(skus.accelerator_id, names.accelerator_id)
),
rates as (
    -- of each day once: to find the nearest day for every row sorts all rows
    select
        days.currency, days.day,
        case
            when date_diff('day', before.rate_on, day) <= rate_gap_days then before.usd_per_unit
            when date_diff('day', day, after.rate_on) <= rate_gap_days then after.usd_per_unit
        end as usd_per_unit,
        case
            when date_diff('day', before.rate_on, day) <= rate_gap_days then before.rate_on
            when date_diff('day', day, after.rate_on) <= rate_gap_days then after.rate_on
        end as rate_on
    from (
        select distinct currency, observed_at::date as day from raw.gpu_prices where currency <> 'USD'
    ) as days
    cross join chosen
    asof left join core.exchange_rates as before on before.currency = days.currency and days.day >= before.rate_on
    -- where none of the days before is on file: prices of long ago, between rates of long ago
    asof left join core.exchange_rates as after on after.currency = days.currency and days.day <= after.rate_on
),
converted as (
    select
        rows.* exclude (month_hours),
        case split_part(price_unit, '_', 2)
            when 'second' then 1 / 3600
            when 'minute' then 1 / 60
            when 'hour' then 1
            when 'month' then coalesce(rows.month_hours, chosen.month_hours)
            when 'term' then term_months * chosen.month_hours
        end as unit_hours,
        case when is_contrary then null when price_unit like 'gpu_%' then 1 else gpus end as unit_gpus,
        case when rows.currency = 'USD' then 1 else rates.usd_per_unit end as usd_per_unit,
        rates.rate_on
    from (select * from dated union all by name select * from offered) as rows
    cross join chosen
    left join rates on rates.currency = rows.currency and rates.day = rows.observed_at::date
)
select
    -- capitals make no other offer
    md5(concat_ws('|', source, provider, lower(offer), coalesce(sku, ''), coalesce(region, ''), pricing_type,
        coalesce(commitment, ''), price_unit, currency)) as offer_id,
    converted.* exclude (is_contrary, unit_hours, unit_gpus) replace (
        coalesce(one_name.value_text, converted.provider) as provider,
        -- a marketplace of other people's machines is no cloud, whatever column its price stands in
        case when marketplaces.key is not null and pricing_type = 'on_demand' then 'community' else pricing_type end
            as pricing_type,
        coalesce(commitment, 'none') as commitment
    ),
    coalesce(regions.region_id, converted.region) as region_id,
    price * usd_per_unit / unit_hours / unit_gpus as usd_per_gpu_hour,
    case
        when usd_per_unit is null then concat('no exchange rate of ', currency, ' near that day')
        when is_contrary then 'no such card is known: a part of one, or another one'
        when unit_gpus is null then 'number of accelerators not known'
    end as missing_reason,
    greatest(coalesce(effective_on, observed_at::date), observed_at::date) as priced_on
from converted
left join (select provider as region_of, printed, region as region_id from reference.regions) as regions
    on regions.region_of = converted.provider and regions.printed = converted.region
left join core.assumptions as one_name
    on one_name.variant = 'aicost' and one_name.assumption = 'provider_alias' and one_name.key = converted.provider
left join core.assumptions as marketplaces
    on marketplaces.variant = 'aicost' and marketplaces.assumption = 'community_provider'
    and marketplaces.key = converted.provider
order by source, visit_id, page_number, source_row, pricing_type, commitment
