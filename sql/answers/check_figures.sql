-- Do dollars, GPU-hours, price and compute that somebody names fit together, the chip, and the market of a day?
-- parameter usd: dollars named; NULL if none
-- parameter gpu_hours: GPU-hours named; NULL if none
-- parameter usd_per_gpu_hour: hourly price named; NULL if none
-- parameter flop: compute of the run in FLOP; NULL if not known
-- parameter family: chip family; NULL if not known
-- parameter as_of: day of the figures
with chosen as (
    select
        max(central) filter (where assumption = 'market_window_days')::integer as window_days,
        max(central) filter (where assumption = 'claim_product_tolerance') as product_tolerance,
        max(low) filter (where assumption = 'claim_price_range') as price_factor_least,
        max(high) filter (where assumption = 'claim_price_range') as price_factor_most,
        max(low) filter (where assumption = 'plausible_utilisation') as mfu_least,
        max(high) filter (where assumption = 'plausible_utilisation') as mfu_most,
        max(low) filter (where assumption = 'usual_utilisation') as usual_least,
        max(high) filter (where assumption = 'usual_utilisation') as usual_most
    from assumptions
    where variant = 'aicost'
),
named as (
    select
        coalesce($usd::double, $gpu_hours::double * $usd_per_gpu_hour::double) as usd, $gpu_hours::double as gpu_hours,
        $usd_per_gpu_hour::double as stated_price, coalesce($usd::double / $gpu_hours::double, $usd_per_gpu_hour::double) as implied_price,
        $usd::double / ($gpu_hours::double * $usd_per_gpu_hour::double) as usd_over_product,
        $flop::double / ($gpu_hours::double * chips.peak_flop_per_second * 3600) as mfu
    from (select 1) left join chip_families as chips on chips.family = $family
),
nearest as (
    select prices.* from rental_prices as prices, chosen
    where prices.family = $family and prices.pricing_type = 'on_demand'
      and abs(date_diff('day', prices.priced_on, $as_of::date)) <= chosen.window_days
    qualify rank() over (partition by provider order by is_equivalent, abs(date_diff('day', prices.priced_on, $as_of::date))) = 1
),
clouds as (
    select provider, median(usd_per_gpu_hour) as usd_per_gpu_hour, min(priced_family) as priced_family from nearest group by provider
),
market as (
    select
        min(usd_per_gpu_hour) as low, median(usd_per_gpu_hour) as central, max(usd_per_gpu_hour) as high, count(*) as clouds,
        string_agg(distinct priced_family, ', ' order by priced_family) as chips,
        avg(case when usd_per_gpu_hour < implied_price then 1 when usd_per_gpu_hour = implied_price then 1 / 2 else 0 end) as percentile
    from clouds, named
),
judged as (
    select
        *,
        [
            {'rule': 'hours x price', 'holds': abs(usd_over_product - 1) <= product_tolerance},
            {'rule': 'utilisation', 'holds': mfu between mfu_least and mfu_most},
            {'rule': 'market price', 'holds': case when implied_price > market.high * price_factor_most then false
                when implied_price >= market.low * price_factor_least then true end}
        ] as rules,
        list_filter(rules, lambda one: not one.holds) as broken,
        list_filter(rules, lambda one: one.holds) as kept
    from named, market, chosen
)
select
    usd, gpu_hours, $family as hardware, stated_price as stated_usd_per_gpu_hour, implied_price as implied_usd_per_gpu_hour, usd_over_product,
    low as market_usd_per_gpu_hour_low, central as market_usd_per_gpu_hour, high as market_usd_per_gpu_hour_high, clouds as market_clouds,
    window_days as market_window_days, chips as market_chip,
    case when implied_price is not null and clouds > 0 then percentile end as market_percentile_share,
    $flop::double as training_flop, mfu as implied_mfu_share, usd / $flop::double as usd_per_flop, $as_of::date as claimed_on,
    case when len(broken) > 0 then 'inconsistent' when len(kept) > 0 then 'consistent' else 'cannot tell' end as verdict,
    coalesce(broken[1].rule, kept[1].rule, 'none: see missing') as rule,
    nullif(concat_ws('; ',
        case when usd is null then 'dollars' end, case when gpu_hours is null then 'GPU-hours' end,
        case when $family is null then 'the chip' end, case when clouds = 0 then 'a price of the chip around that day' end,
        case when $flop is null then 'compute' end
    ), '') as missing,
    nullif(concat_ws('; ',
        case when not mfu between usual_least and usual_most then 'unusual utilisation' end,
        case when implied_price < low then 'price below all on file' when implied_price > high then 'price above all on file' end,
        case when contains(chips, ',') or chips <> $family then 'market prices of an equivalent chip' end
    ), '') as flags
from judged
