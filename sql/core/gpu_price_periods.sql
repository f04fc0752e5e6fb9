-- The price of each provider's accelerator at the end of each day something changed, and of each month, by series.
--
-- grain: family, pricing_type, commitment, frequency, period_on, provider, accelerator_id
-- unit: USD per GPU-hour, nominal, median of the provider's offers
-- sources: core.gpu_price_intervals, core.gpu_price_rows, core.gpu_price_watch, core.assumptions
with chosen as (
    select max(central)::integer as carry_days
    from core.assumptions
    where variant = 'aicost' and assumption = 'price_carry_days'
),
offers as (
    select
        rows.family, rows.pricing_type, rows.commitment, rows.provider, rows.accelerator_id, rows.usd_per_gpu_hour,
        intervals.valid_from::date as first_on,
        intervals.valid_to::date as gone_on,
        intervals.last_seen::date + carry_days as carried_to,
        intervals.last_seen::date as last_on,
        watch.as_of::date as as_of
    from core.gpu_price_intervals as intervals
    join core.gpu_price_rows as rows
        on rows.offer_id = intervals.offer_id and rows.visit_id = intervals.visit_id
        and rows.page_number = intervals.page_number and rows.source_row = intervals.source_row
    cross join chosen
    cross join core.gpu_price_watch as watch
    where rows.family is not null and rows.usd_per_gpu_hour is not null
      and not rows.is_floor and not rows.is_gpu_only and not rows.is_cross_check
),
series as (
    select family, pricing_type, commitment, min(first_on) as from_on, least(max(carried_to), any_value(as_of)) as to_on
    from offers
    group by family, pricing_type, commitment
),
periods as (
    select
        family, pricing_type, commitment, 'month' as frequency,
        unnest(generate_series(date_trunc('month', from_on), to_on, interval 1 month))::date as period_on,
        least((period_on + interval 1 month)::date - 1, to_on) as end_on
    from series
    union
    select family, pricing_type, commitment, 'day', day, day
    from (
        select family, pricing_type, commitment, as_of, unnest([first_on, last_on, gone_on]) as day from offers
    )
    where day is not null and day <= as_of
),
numbered as (
    select
        *,
        row_number() over (partition by family, pricing_type, commitment, frequency order by period_on) as period
    from periods
)
select
    periods.family, periods.pricing_type, periods.commitment, periods.frequency, periods.period_on,
    offers.provider, offers.accelerator_id,
    periods.period,
    median(offers.usd_per_gpu_hour) as usd_per_gpu_hour,
    count(*) as offers
from numbered as periods
join offers
    on offers.family = periods.family and offers.pricing_type = periods.pricing_type
    and offers.commitment = periods.commitment
    and offers.first_on <= periods.end_on and (offers.gone_on is null or offers.gone_on > periods.end_on)
    and offers.carried_to >= periods.end_on
group by all
order by all
