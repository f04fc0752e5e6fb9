-- Can each claim be true? What it implies per GPU-hour and per FLOP, beside market and chip, and the rule that decided.
--
-- grain: claim_id
-- unit: USD, USD per GPU-hour, USD per FLOP, shares, as the column names say; nominal
-- sources: core.claims, core.claim_inputs, claim_markets, training_costs, core.scopes, core.assumptions
-- column claim_id: claim, as in reported_claims
-- column subject: what it is about
-- column model_id: model in the catalogue; NULL where it is not one, or not there
-- column claimant: who states it
-- column kind: money, gpu_hours, gpu_count, price_per_gpu_hour or duration_days
-- column scope: what it covers
-- column basis: reported by the organisation itself, or estimated by someone else
-- column claimed_on: day of the claim
-- column usd_low: dollars stated, lower end of their hedge
-- column usd: dollars stated; NULL for other kinds, other currencies and bare bounds
-- column usd_high: dollars stated, upper end of their hedge
-- column gpu_hours: GPU-hours of the same computation
-- column hours_from: stated, GPUs x time, or catalogue (of the same run)
-- column hardware: chip as printed
-- column stated_usd_per_gpu_hour: price that the claimant states
-- column implied_usd_per_gpu_hour_low: dollars at their lower end over hours
-- column implied_usd_per_gpu_hour: dollars over hours
-- column implied_usd_per_gpu_hour_high: dollars at their upper end over hours
-- column usd_over_product: dollars stated over hours x price stated; 1 means that one was computed from the others
-- column market_usd_per_gpu_hour_low: least of the clouds' on-demand prices around that day
-- column market_usd_per_gpu_hour: their median
-- column market_usd_per_gpu_hour_high: highest of them
-- column market_clouds: number of clouds behind it
-- column market_window_days: a price counts from so many days before the claim to so many after
-- column market_chip: chips that are rented at those prices; more than the claim's own where an equivalent is taken
-- column market_percentile_share: share of the clouds whose price lies below the implied one, those at it by half
-- column training_flop: compute of the run
-- column flop_from: parameters x tokens of the paper, or catalogue
-- column implied_mfu_share: compute over what the chips could do in the hours of the same stage
-- column usd_per_flop: dollars over compute
-- column own_usd_low: lower end of our 90 % interval for that scope, the widest of our methods
-- column own_usd_high: upper end of it
-- column verdict: consistent, inconsistent or cannot tell
-- column rule: the rule that decided
-- column missing: what is missing to tell, or to tell more
-- column flags: what is unusual without being impossible
-- column scope_leaves_out: what a figure of that scope does not cover
-- column source_url: where it is stated
with chosen as (
    select
        max(central) filter (where assumption = 'market_window_days') as window_days,
        max(central) filter (where assumption = 'claim_product_tolerance') as product_tolerance,
        max(central) filter (where assumption = 'claim_count_tolerance') as count_tolerance,
        max(low) filter (where assumption = 'claim_price_range') as price_factor_least,
        max(high) filter (where assumption = 'claim_price_range') as price_factor_most,
        max(low) filter (where assumption = 'plausible_utilisation') as mfu_least,
        max(high) filter (where assumption = 'plausible_utilisation') as mfu_most,
        max(low) filter (where assumption = 'usual_utilisation') as usual_least,
        max(high) filter (where assumption = 'usual_utilisation') as usual_most
    from core.assumptions
    where variant = 'aicost'
),
own as (
    select model_id, scope, min(cost_usd_low) as own_usd_low, max(cost_usd_high) as own_usd_high
    from training_costs
    where variant = 'aicost' and method in ('amortised', 'cloud') and cost_usd is not null
    group by model_id, scope
),
implied as (
    select
        claims.* exclude (value, low, high),
        inputs.* exclude (claim_id, hardware),
        inputs.hardware as chip,
        usd_low / gpu_hours as price_low,
        coalesce(usd, usd_low, usd_high) / gpu_hours as price_central,
        usd_high / gpu_hours as price_high,
        coalesce(usd, usd_low, usd_high) / (gpu_hours * stated_usd_per_gpu_hour) as usd_over_product,
        -- compute over hours: with dollars or hours of a whole run, or of the very stage that the compute is of
        case when claims.kind in ('money', 'gpu_hours') then training_flop / (flop_gpu_hours * peak_flop_per_second * 3600) end as mfu,
        usd / training_flop as usd_per_flop
    from core.claims as claims
    join core.claim_inputs as inputs using (claim_id)
),
market as (
    select
        implied.claim_id,
        min(markets.usd_per_gpu_hour) as low, median(markets.usd_per_gpu_hour) as central, max(markets.usd_per_gpu_hour) as high,
        count(*) as clouds, string_agg(distinct markets.priced_family, ', ' order by markets.priced_family) as chips,
        avg(case when markets.usd_per_gpu_hour < price_central then 1 when markets.usd_per_gpu_hour = price_central then 1 / 2 else 0 end)
            as percentile
    from implied
    join claim_markets as markets using (claim_id)
    group by implied.claim_id
),
judged as (
    select
        implied.*, market.* exclude (claim_id), own.own_usd_low, own.own_usd_high, chosen.*, scopes.leaves_out,
        -- NULL where a rule cannot be tried; hours, GPUs, price and dollars are of the same document
        map {
            'hours x price': coalesce(usd_high, usd_low) / (gpu_hours * stated_usd_per_gpu_hour) >= 1 - product_tolerance
                and coalesce(usd_low, usd_high) / (gpu_hours * stated_usd_per_gpu_hour) <= 1 + product_tolerance,
            'GPUs x time': case when hours_from = 'stated' then abs(counted_hours / gpu_hours - 1) <= count_tolerance end,
            'utilisation': case when hours_from <> 'catalogue' then mfu between mfu_least and mfu_most end,
            -- somebody rents the chip out at about that price; below it, the hardware may be the claimant's own
            'market price': case
                when coalesce(price_low, price_high) > market.high * price_factor_most then false
                when coalesce(price_high, price_low) >= market.low * price_factor_least then true
            end,
            -- the dollars meet our interval of the same scope; an estimate cannot refute a statement
            'own estimate': nullif(
                coalesce(usd_high, usd_low) >= own.own_usd_low and coalesce(usd_low, usd_high) <= own.own_usd_high, false
            )
        } as rules
    from implied
    cross join chosen
    join core.scopes as scopes on scopes.scope = implied.scope
    left join market using (claim_id)
    left join own on own.model_id = implied.model_id and own.scope = implied.scope and implied.kind = 'money'
        and coalesce(implied.stage, 'total') = 'total'
),
decided as (
    select
        *,
        list_filter(
            ['hours x price', 'GPUs x time', 'utilisation', 'market price'], lambda rule: coalesce(not rules[rule], false)
        ) as broken,
        -- dollars are confirmed by dollars, hours by GPUs, time and compute
        list_filter(
            case
                when kind = 'money' then ['hours x price', 'market price', 'own estimate']
                when hours_from <> 'catalogue' then ['GPUs x time', 'utilisation']
                else []
            end,
            lambda rule: coalesce(rules[rule], false)
        ) as kept
    from judged
)
select
    claim_id, subject, model_id, claimant, kind, scope, basis, claimed_on, usd_low, usd, usd_high, gpu_hours, hours_from, chip as hardware,
    stated_usd_per_gpu_hour, price_low as implied_usd_per_gpu_hour_low, price_central as implied_usd_per_gpu_hour,
    price_high as implied_usd_per_gpu_hour_high, usd_over_product,
    low as market_usd_per_gpu_hour_low, central as market_usd_per_gpu_hour, high as market_usd_per_gpu_hour_high,
    clouds as market_clouds, window_days::integer as market_window_days, chips as market_chip,
    case when price_central is not null then percentile end as market_percentile_share,
    training_flop, flop_from, mfu as implied_mfu_share, usd_per_flop, own_usd_low, own_usd_high,
    case when len(broken) > 0 then 'inconsistent' when len(kept) > 0 then 'consistent' else 'cannot tell' end as verdict,
    coalesce(broken[1], kept[1], 'none: see missing') as rule,
    coalesce(nullif(concat_ws('; ',
        case when scope in ('hardware_capex', 'fleet', 'company_investment', 'funding', 'national_programme', 'rnd_total', 'other_not_cost', 'unknown')
            then format('the scope {} is no one computation', scope) end,
        case when kind = 'money' and unit <> 'USD' then concat('no dollars: stated in ', unit) end,
        case when kind in ('gpu_count', 'duration_days', 'price_per_gpu_hour') and gpu_hours is null then 'dollars and hours' end,
        case when gpu_hours is null and kind = 'money' then 'GPU-hours of the same computation' end,
        case when gpu_hours is not null and family is null then 'the chip' end,
        case when gpu_hours is not null and family is not null and kind = 'money' and clouds is null then 'a price of the chip around that day' end,
        case when training_flop is null and scope in ('final_run', 'training_total') then 'compute' end
    ), ''), case when len(broken) + len(kept) = 0 then 'a second figure of the same computation' end) as missing,
    nullif(concat_ws('; ',
        case when not mfu between usual_least and usual_most then 'unusual utilisation' end,
        case when price_central < low then 'price below all on file' when price_central > high then 'price above all on file' end,
        case when not coalesce(usd_high, usd_low) >= own_usd_low or not coalesce(usd_low, usd_high) <= own_usd_high then 'outside our 90 % interval' end,
        case when contains(chips, ',') or chips <> family then 'market prices of an equivalent chip' end,
        case when disputed then 'disputed' end
    ), '') as flags,
    leaves_out as scope_leaves_out, source_url
from decided
order by claim_id
