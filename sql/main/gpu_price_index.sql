-- How GPU-hour prices moved, by day and month: the raw median, and beside it an index over the same providers' same chips.
--
-- The raw median moves when a cheap provider enters; the index compares, from one period to the next, only what both have,
-- and chains the geometric means. A series starts again at 100 where no provider is left to compare.
-- grain: family, pricing_type, commitment, frequency, period_on
-- unit: USD per GPU-hour, nominal; index 100 at the first period of each chain
-- sources: core.gpu_price_periods
-- column family: chip family
-- column pricing_type: on_demand, spot, community, reserved, cluster, serverless or low_priority; never averaged
-- column commitment: commitment as printed; none where there is none
-- column frequency: day (days on which something changed or was seen) or month (prices at its end)
-- column period_on: the day, or the first day of the month
-- column low_usd_per_gpu_hour: cheapest provider and accelerator
-- column usd_per_gpu_hour: raw median over providers and accelerators
-- column high_usd_per_gpu_hour: dearest provider and accelerator
-- column elements: pairs of provider and accelerator with a price
-- column matched: pairs that the period before has too
-- column change_ratio: geometric mean of their price ratios to the period before; NULL where none is matched
-- column fixed_basket_index: the ratios chained, 100 at the first period of the chain
-- column chain: number of the chain; a new one starts where nothing is matched
-- column entries: pairs that the period before has not
-- column exits: pairs that only the period before has
-- column entered: their names
-- column left_behind: names of those that only the period before has
with pairs as (
    select
        coalesce(now.family, before.family) as family,
        coalesce(now.pricing_type, before.pricing_type) as pricing_type,
        coalesce(now.commitment, before.commitment) as commitment,
        coalesce(now.frequency, before.frequency) as frequency,
        coalesce(now.period, before.period + 1) as period,
        now.period_on,
        concat(coalesce(now.provider, before.provider), ' ', coalesce(now.accelerator_id, before.accelerator_id)) as pair,
        now.usd_per_gpu_hour,
        before.usd_per_gpu_hour as usd_per_gpu_hour_before
    from core.gpu_price_periods as now
    full join core.gpu_price_periods as before
        on before.family = now.family and before.pricing_type = now.pricing_type and before.commitment = now.commitment
        and before.frequency = now.frequency and before.period = now.period - 1
        and before.provider = now.provider and before.accelerator_id = now.accelerator_id
),
periods as (
    select
        family, pricing_type, commitment, frequency, period,
        max(period_on) as period_on,
        min(usd_per_gpu_hour) as low_usd_per_gpu_hour,
        median(usd_per_gpu_hour) as usd_per_gpu_hour,
        max(usd_per_gpu_hour) as high_usd_per_gpu_hour,
        count(usd_per_gpu_hour) as elements,
        count(*) filter (where usd_per_gpu_hour is not null and usd_per_gpu_hour_before is not null) as matched,
        avg(ln(usd_per_gpu_hour / usd_per_gpu_hour_before)) as log_change,
        count(*) filter (where usd_per_gpu_hour_before is null) as entries,
        count(*) filter (where usd_per_gpu_hour is null) as exits,
        string_agg(pair, ', ' order by pair) filter (where usd_per_gpu_hour_before is null) as entered,
        string_agg(pair, ', ' order by pair) filter (where usd_per_gpu_hour is null) as left_behind
    from pairs
    group by family, pricing_type, commitment, frequency, period
    having max(period_on) is not null
),
chains as (
    select
        *,
        sum((log_change is null)::integer) over (
            partition by family, pricing_type, commitment, frequency order by period
        ) as chain
    from periods
)
select
    family, pricing_type, commitment, frequency, period_on,
    low_usd_per_gpu_hour, usd_per_gpu_hour, high_usd_per_gpu_hour, elements, matched,
    exp(log_change) as change_ratio,
    100 * exp(sum(coalesce(log_change, 0)) over (
        partition by family, pricing_type, commitment, frequency, chain order by period
    )) as fixed_basket_index,
    chain, entries, exits, entered, left_behind
from chains
order by family, pricing_type, commitment, frequency, period_on
