-- From which use on does owning a chip cost less than renting one, and what does that rest on?
-- parameter family: chip family
-- parameter years: years that the chip is kept
-- parameter as_of: day whose prices are taken
-- parameter purchase_usd: price of a chip with its share of server and network; NULL: as on file
-- parameter rent_usd_per_gpu_hour: rental price; NULL: median of the clouds on demand
-- parameter interest: cost of money per year; NULL: assumed
-- parameter residual: share of the price left at the end; NULL: by the usual loss of value
-- parameter maintenance: share of the price per year for parts and staff; NULL: assumed
-- parameter hosting: USD per kW and month for space and cooling; NULL: assumed
-- parameter power_kw: power of a chip with its share of the server, at full load; NULL: by its data sheet
-- parameter load: average load over full load while in use; NULL: assumed
-- parameter pue: power of the site over that of its servers; NULL: assumed
-- parameter electricity: USD per kWh; NULL: as on file
with assumed as (
    select assumption, low, central, high from assumptions where variant = 'aicost'
),
chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'hours_per_year') as hours_per_year,
        max(central) filter (where assumption = 'months_per_year') as months_per_year,
        max(central) filter (where assumption = 'price_tolerance_days')::integer as tolerance_days,
        max(central) filter (where assumption = 'interconnect_share') as interconnect_share,
        max({'low': low, 'high': high}) filter (where assumption = 'cloud_price') as deal
    from assumed
),
rents as (
    select provider, median(usd_per_gpu_hour) as usd, max(priced_on) as priced_on, min(source_url) as source_url
    from (
        select prices.* from rental_prices as prices, chosen
        where prices.family = $family and not prices.is_equivalent and prices.pricing_type = 'on_demand'
          and abs(date_diff('day', prices.priced_on, $as_of::date)) <= chosen.tolerance_days
        qualify rank() over (partition by provider order by prices.priced_on > $as_of::date, abs(date_diff('day', prices.priced_on, $as_of::date))) = 1
    )
    group by provider
),
bought as (
    -- the middle of what was asked in the year before the newest price on file
    select
        median(usd_per_chip_low / (1 - interconnect_share)) as low, median(usd_per_chip / (1 - interconnect_share)) as central,
        median(usd_per_chip_high / (1 - interconnect_share)) as high, max(priced_on) as priced_on, min(source_url) as source_url, count(*) as prices
    from (
        select *, max(priced_on) over () as newest from purchase_prices where family = $family and priced_on <= $as_of::date
    ), chosen where newest - priced_on <= tolerance_days
),
listed as (
    select 'price of a chip with server and network' as input, low, central, high, 'USD' as unit, format('median of {} prices up to {}, {}', prices, priced_on, source_url) as citation
    from bought
    union all
    select 'rental price', median(usd) * any_value(deal.low), median(usd), median(usd) * any_value(deal.high), 'USD per GPU-hour',
        format('on demand, {} clouds up to {}, {}', count(*), max(priced_on), min(source_url))
    from rents, chosen
    union all
    select input, low, central, high, unit, citation from ownership_inputs where family = $family and input <> 'loss of value'
    union all
    select 'value left at the end', pow(10, -high * $years::double), pow(10, -central * $years::double), pow(10, -low * $years::double), 'share of the price', citation
    from ownership_inputs where family = $family and input = 'loss of value'
),
named (input, given) as (
    values ('price of a chip with server and network', $purchase_usd::double), ('rental price', $rent_usd_per_gpu_hour::double),
        ('interest', $interest::double), ('value left at the end', $residual::double), ('maintenance and staff', $maintenance::double),
        ('hosting', $hosting::double), ('power', $power_kw::double), ('load while in use', $load::double),
        ('cooling and losses (PUE)', $pue::double), ('electricity', $electricity::double)
),
inputs as (
    select
        named.input, coalesce(given, low) as low, coalesce(given, central) as central, coalesce(given, high) as high, unit,
        case when given is not null then 'given' when named.input in ('price of a chip with server and network', 'rental price') then 'price list' else 'assumed' end as basis, case when given is not null then 'as given' else citation end as citation
    from named
    left join listed using (input)
),
scenarios as (
    -- all inputs central, then each at its low and its high end
    select 'central' as varied, 0 as at_end, input, central as value from inputs
    union all
    select varied.input, ends.at_end, inputs.input,
        case when inputs.input <> varied.input then inputs.central when ends.at_end = 1 then inputs.high else inputs.low end
    from inputs as varied, inputs, (values (-1), (1)) as ends (at_end)
),
worlds as (
    select
        varied, at_end,
        max(value) filter (where input = 'price of a chip with server and network') as price, max(value) filter (where input = 'rental price') as rent,
        max(value) filter (where input = 'interest') as interest, max(value) filter (where input = 'value left at the end') as residual,
        max(value) filter (where input = 'maintenance and staff') as maintenance, max(value) filter (where input = 'hosting') as hosting,
        max(value) filter (where input = 'power') as power, max(value) filter (where input = 'load while in use') as load,
        max(value) filter (where input = 'cooling and losses (PUE)') as pue, max(value) filter (where input = 'electricity') as electricity
    from scenarios
    group by varied, at_end
),
costed as (
    -- the price less what is left, paid back in equal parts with interest; then upkeep, space, and power while in use
    select
        worlds.*, hours_per_year, z_90,
        (price - price * residual / pow(1 + interest, $years::double))
            * case when interest = 0 then 1 / $years::double else interest / (1 - pow(1 + interest, -$years::double)) end
            + price * maintenance + power * hosting * months_per_year as fixed_usd_per_year,
        power * load * pue * electricity as running_usd_per_hour
    from worlds, chosen
),
answers as (
    select
        varied, at_end, fixed_usd_per_year / hours_per_year + running_usd_per_hour as own_usd_per_hour, rent,
        fixed_usd_per_year / (hours_per_year * nullif(greatest(rent - running_usd_per_hour, 0), 0)) as break_even_share, hours_per_year
    from costed
),
spread as (
    -- the inputs' ends, one at a time, added as squares of logarithms
    select sqrt(sum(pow(own / 2, 2))) as own_half, sqrt(sum(pow(share / 2, 2))) as share_half
    from (
        select varied, ln(max(own_usd_per_hour) / min(own_usd_per_hour)) as own, ln(max(break_even_share) / min(break_even_share)) as share
        from answers where at_end <> 0 group by varied
    )
)
select
    'input' as part, input as what, low as value_low, central as value, high as value_high, unit, basis, citation,
    abs(high_end.break_even_share - low_end.break_even_share) as swing_of_break_even
from inputs
left join answers as low_end on low_end.varied = inputs.input and low_end.at_end = -1
left join answers as high_end on high_end.varied = inputs.input and high_end.at_end = 1
union all
select 'result', 'owning, used all the time', own_usd_per_hour * exp(-own_half), own_usd_per_hour, own_usd_per_hour * exp(own_half),
    'USD per GPU-hour', 'estimated', 'price less residual, paid back with interest; upkeep, hosting, electricity', null
from answers, spread where varied = 'central'
union all
select 'result', 'use at which owning costs as much as renting', break_even_share * exp(-share_half), break_even_share, break_even_share * exp(share_half),
    'share of all hours', 'estimated', 'fixed costs of a year over rent less electricity; above 1, renting costs less at any use', null
from answers, spread where varied = 'central'
union all
select 'result', 'hours a year at which owning costs as much as renting', break_even_share * hours_per_year * exp(-share_half),
    break_even_share * hours_per_year, break_even_share * hours_per_year * exp(share_half), 'hours per year', 'estimated', 'the same in hours', null
from answers, spread where varied = 'central'
order by part, swing_of_break_even desc nulls last, what
