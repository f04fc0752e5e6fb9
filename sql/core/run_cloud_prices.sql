-- The market price to rent each run's chip: the median over clouds of the three-year price in force when it began.
--
-- grain: model_id
-- unit: USD per chip-hour with a three-year commitment, nominal
-- sources: core.run_hours, core.gpu_prices, core.accelerators, core.assumptions (variant aicost)
with assumed as (
    select * from core.assumptions where variant = 'aicost'
),
chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'price_tolerance_days') as price_tolerance_days,
        max(low) filter (where assumption = 'plausible_gpu_hour_price') as usd_per_gpu_hour_least,
        max(high) filter (where assumption = 'plausible_gpu_hour_price') as usd_per_gpu_hour_most,
        max(central) filter (where assumption = 'commitment_discount' and key = 'one_year') as one_year_discount,
        max(central) filter (where assumption = 'commitment_discount' and key = 'three_year') as three_year_discount,
        max(ln(high / low)) filter (where assumption = 'cloud_price') / (2 * z_90) as near_log_sd,
        max(ln(high / low)) filter (where assumption = 'cloud_price_far') / (2 * z_90) as far_log_sd,
        max(ln(high / low)) filter (where assumption = 'family_price') / (2 * z_90) as family_log_sd
    from assumed
),
prices as (
    select
        gpu_prices.*,
        case commitment
            when '3 years' then usd_per_gpu_hour
            when '1 year' then usd_per_gpu_hour * (1 - three_year_discount) / (1 - one_year_discount)
            else usd_per_gpu_hour * (1 - three_year_discount)
        end as usd_per_chip_hour,
        case commitment when '3 years' then 1 when '1 year' then 2 else 3 end as conversions
    from core.gpu_prices
    cross join chosen
    where not is_floor
      and usd_per_gpu_hour between usd_per_gpu_hour_least and usd_per_gpu_hour_most
      and (pricing_type = 'on_demand' or (pricing_type = 'reserved' and commitment in ('1 year', '3 years')))
),
candidates as (
    select
        runs.model_id,
        -- a name that leaves the form factor open is a family, not a chip
        coalesce(prices.accelerator_id = runs.accelerator_id and cards.form_factor <> 'unknown', false) as is_exact,
        prices.provider,
        prices.usd_per_chip_hour,
        prices.conversions,
        prices.priced_on,
        prices.source_url,
        abs(date_diff('day', prices.priced_on, runs.started_at::date)) as days_apart,
        days_apart <= chosen.price_tolerance_days as is_near,
        prices.priced_on > runs.started_at::date as is_later
    from core.run_hours as runs
    cross join chosen
    join prices on prices.family = runs.family
    left join core.accelerators as cards on cards.accelerator_id = runs.accelerator_id
),
nearest as (
    -- per cloud: the last price before the start, else the first after, near ones first; on one day the least converted
    select *
    from candidates
    qualify rank() over (
        partition by model_id, is_exact, provider order by not is_near, is_later, days_apart, conversions
    ) = 1
),
by_cloud as (
    select
        model_id, is_exact, is_near, provider,
        median(usd_per_chip_hour) as usd_per_chip_hour,
        min(days_apart) as days_apart,
        min(priced_on) as priced_on,
        min(source_url) as source_url
    from nearest
    group by model_id, is_exact, is_near, provider
),
ranked as (
    -- a near price of the very chip, else a near one of its family, else the very chip's at any distance, else any
    select
        *,
        case when is_exact then 0 else 1 end + case when is_near then 0 else 2 end as preference
    from by_cloud
    cross join chosen
),
best as (
    select *
    from ranked
    qualify rank() over (partition by model_id order by preference) = 1
        and (is_near or row_number() over (partition by model_id order by preference, days_apart, provider) = 1)
)
select
    model_id,
    median(usd_per_chip_hour) as usd_per_chip_hour,
    min(usd_per_chip_hour) as usd_per_chip_hour_least,
    max(usd_per_chip_hour) as usd_per_chip_hour_most,
    count(*) as clouds,
    string_agg(provider, ', ' order by provider) as providers,
    bool_and(is_exact) as is_exact,
    bool_and(is_near) as is_near,
    max(days_apart) as days_apart,
    min(priced_on) as priced_on_first,
    max(priced_on) as priced_on_last,
    min(source_url) as source_url,
    sqrt(
        pow(any_value(case when is_near then near_log_sd else far_log_sd end), 2)
        + case when bool_and(is_exact) then 0 else pow(any_value(family_log_sd), 2) end
    ) as price_log_sd
from best
group by model_id
order by model_id
