-- What would the run of a model cost at another day's prices, on its own chip and on the chip that gives most for the money?
-- parameter model_id: model, as in training_costs
-- parameter as_of: day whose prices are taken
with chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'price_tolerance_days')::integer as tolerance_days,
        max(ln(high / low)) filter (where assumption = 'cloud_price') / (2 * z_90) as price_log_sd,
        max(ln(high / low)) filter (where assumption = 'port_utilisation') / (2 * z_90) as port_log_sd,
        max(central) filter (where assumption = 'utilisation') as utilisation,
        max(ln(high / low)) filter (where assumption = 'utilisation') / (2 * z_90) as utilisation_log_sd,
        1 - max(central) filter (where assumption = 'commitment_discount' and key = 'one_year') as one_year,
        1 - max(central) filter (where assumption = 'commitment_discount' and key = 'three_year') as three_year
    from assumptions
    where variant = 'aicost'
),
run as (
    select * from runs where model_id = $model_id
),
nearest as (
    -- of each cloud: the chip itself before an equivalent, the last price before that day before a later one
    select prices.*, abs(date_diff('day', prices.priced_on, $as_of::date)) as days_apart
    from rental_prices as prices
    cross join chosen
    where prices.one_year_usd_per_gpu_hour is not null
      and abs(date_diff('day', prices.priced_on, $as_of::date)) <= chosen.tolerance_days
      and (not prices.is_equivalent or prices.family = (select family from run))
    qualify rank() over (
        partition by prices.family, prices.provider
        order by prices.is_equivalent, prices.priced_on > $as_of::date, abs(date_diff('day', prices.priced_on, $as_of::date))
    ) = 1
),
clouds as (
    select
        family, provider, min(priced_family) as priced_family, bool_and(is_equivalent) as is_equivalent,
        median(one_year_usd_per_gpu_hour) as usd_per_gpu_hour, max(days_apart) as days_apart, max(priced_on) as priced_on,
        min(source_url) as source_url, max(ln(speed_ratio_high / speed_ratio_low)) as ratio_range
    from nearest
    group by family, provider
),
markets as (
    select
        family, median(usd_per_gpu_hour) as usd_per_gpu_hour, count(*) as clouds, min(days_apart) as days_apart,
        max(priced_on) as priced_on, bool_and(is_equivalent) as is_equivalent, min(priced_family) as priced_family,
        min(source_url) as source_url, max(ratio_range) as ratio_range
    from clouds
    -- an equivalent only where no cloud rents the chip itself
    where not is_equivalent or family not in (select family from clouds where not is_equivalent)
    group by family
),
best as (
    select markets.*, chips.peak_flop_per_second
    from markets
    join chip_families as chips using (family)
    where chips.is_for_large_runs and not markets.is_equivalent and chips.peak_flop_per_second is not null
    order by markets.usd_per_gpu_hour / chips.peak_flop_per_second, family
    limit 1
),
options as (
    select 2 as place, 'the same chip' as what, run.family, run.gpu_hours, 0::double as port_log_sd, markets.* exclude (family)
    from run
    left join markets using (family)
    union all by name
    select
        3 as place, 'the chip that gives most for the money' as what, best.family,
        -- at the same utilisation; where only compute is known, at the usual one
        coalesce(
            run.gpu_hours * run.peak_flop_per_second / best.peak_flop_per_second,
            run.training_flop / (best.peak_flop_per_second * chosen.utilisation * 3600)
        ) as gpu_hours,
        case when best.family = run.family then 0 else chosen.port_log_sd end as port_log_sd, best.* exclude (family, peak_flop_per_second)
    from run, best, chosen
),
priced as (
    select
        options.* exclude (port_log_sd), options.gpu_hours * options.usd_per_gpu_hour as usd, chosen.*,
        sqrt(coalesce(pow(run.hours_log_sd, 2), pow(run.compute_log_sd, 2) + pow(chosen.utilisation_log_sd, 2)) + pow(chosen.price_log_sd, 2) + pow(options.port_log_sd, 2)
            + pow(coalesce(ratio_range, 0) / (2 * chosen.z_90), 2)) as spread
    from options, chosen, run
),
rows as (
    select
        1 as place, 'when it was trained' as what, runs.family as chip, costs.chip_hours as gpu_hours, costs.cost_usd / costs.chip_hours as usd_per_gpu_hour,
        costs.cost_usd_low as value_low, costs.cost_usd as value, costs.cost_usd_high as value_high, costs.scope, costs.basis,
        costs.started_on as as_of, costs.priced_on, null::bigint as clouds, costs.price_basis as how, costs.price_source as source_url, costs.missing_reason
    from training_costs as costs
    join runs using (model_id)
    where costs.model_id = $model_id and costs.variant = 'aicost' and costs.method = 'cloud'
    union all by name
    select
        priced.place, priced.what, priced.family as chip, priced.gpu_hours, usd_per_gpu_hour,
        usd * exp(-z_90 * sqrt(pow(spread, 2) + pow(ln(one_year / three_year) / z_90, 2))) as value_low,
        usd as value,
        usd * exp(z_90 * sqrt(pow(spread, 2) + pow(-ln(one_year) / z_90, 2))) as value_high,
        case when run.is_finetune then 'post_training' else 'final_run' end as scope, 'estimated' as basis, $as_of::date as as_of, priced_on, clouds,
        concat_ws(', ', 'one-year term', format('median of {} clouds', clouds), format('nearest price {} days apart', days_apart),
            case when is_equivalent then format('taken as {} by the ratio of training speed', priced_family) end) as how,
        source_url,
        case
            when priced.family is null then 'the chip is not known, or several kinds'
            when priced.gpu_hours is null then 'no GPU-hours and no compute recorded'
            when usd_per_gpu_hour is null then format('no price of the chip or an equivalent within {} days of that day', tolerance_days)
        end as missing_reason
    from priced, run
)
select
    what, chip, gpu_hours, usd_per_gpu_hour, value_low, value, value_high, 'USD' as unit,
    value / first(value) over (order by place) as ratio_to_original, scope, basis, as_of, priced_on, clouds, how, missing_reason, source_url
from rows
order by place
