-- Does a reported cost follow from the reported GPU-hours? Dollars stated, beside hours x price, at two prices.
--
-- grain: claim_id, price_basis
-- unit: USD, nominal
-- sources: core.claims; core.gpu_prices for the market price at the date of the claim
-- column claim_id: the money claim, as in reported_claims
-- column model_id: model in the catalogue; NULL where it is not there
-- column model_name: model
-- column claimant: who states the dollars
-- column scope: what dollars and hours cover; they are compared within one scope only
-- column stage: stage of training
-- column claimed_on: day of the claim
-- column hardware: accelerator of the hours
-- column gpu_hours: GPU-hours stated for the same computation
-- column hours_claim_id: the claim of the hours
-- column price_basis: stated: the price that the claimant assumed; market: list prices on file around that day
-- column usd_per_gpu_hour_low: least price on file for that chip (market), or the stated price
-- column usd_per_gpu_hour: the stated price, or the median of the clouds' prices
-- column usd_per_gpu_hour_high: highest price on file for that chip (market), or the stated price
-- column prices: number of prices behind it
-- column implied_usd_low: hours at the low price
-- column implied_usd: hours at the price
-- column implied_usd_high: hours at the high price
-- column reported_usd: dollars stated
-- column reported_over_implied: dollars stated over dollars implied; 1 means that one was computed from the other, or both agree
-- column source_url: where the dollars are stated
with tolerance as (
    select
        max(central) filter (where assumption = 'price_tolerance_days') as days,
        max(low) filter (where assumption = 'plausible_gpu_hour_price') as usd_least,
        max(high) filter (where assumption = 'plausible_gpu_hour_price') as usd_most
    from core.assumptions
    where variant = 'aicost'
),
dollars as (
    select * from core.claims
    where kind = 'money' and unit = 'USD' and per is null and value is not null and group_id is not null
),
paired as (
    select
        dollars.*,
        hours.claim_id as hours_claim_id,
        hours.value as gpu_hours,
        coalesce(hours.hardware, dollars.hardware) as chip
    from dollars
    join core.claims as hours
        on hours.kind = 'gpu_hours' and hours.value is not null
        and hours.group_id = dollars.group_id and hours.scope = dollars.scope
        and hours.stage is not distinct from dollars.stage
),
stated as (
    -- a price stated for the whole run holds for its stages, and for what else the same document costs in that scope
    select
        paired.claim_id,
        'stated' as price_basis,
        prices.value as low, prices.value as central, prices.value as high,
        1 as prices
    from paired
    join core.claims as prices
        on prices.kind = 'price_per_gpu_hour' and prices.value is not null
        and prices.claimant = paired.claimant and prices.scope = paired.scope
        and (prices.subject = paired.subject or prices.source_url = paired.source_url)
    qualify row_number() over (
        partition by paired.claim_id
        order by prices.group_id = paired.group_id desc, prices.subject = paired.subject desc, prices.claim_id
    ) = 1
),
market as (
    select
        paired.claim_id,
        'market' as price_basis,
        min(prices.usd_per_gpu_hour) as low,
        median(prices.usd_per_gpu_hour) as central,
        max(prices.usd_per_gpu_hour) as high,
        count(*) as prices
    from paired
    cross join tolerance
    join meta.names as names on names.printed = paired.chip and names.memory_gb is null
    join core.gpu_prices as prices
        on prices.family = names.family
        and prices.pricing_type = 'on_demand'
        and not prices.is_floor
        and prices.usd_per_gpu_hour between tolerance.usd_least and tolerance.usd_most
        and abs(date_diff('day', prices.priced_on, paired.claimed_on)) <= tolerance.days
    group by paired.claim_id
),
priced as (
    select * from stated
    union all
    select * from market
)
select
    claim_id,
    model_id,
    model_name,
    claimant,
    scope,
    stage,
    claimed_on,
    chip as hardware,
    gpu_hours,
    hours_claim_id,
    price_basis,
    priced.low as usd_per_gpu_hour_low,
    priced.central as usd_per_gpu_hour,
    priced.high as usd_per_gpu_hour_high,
    prices,
    gpu_hours * priced.low as implied_usd_low,
    gpu_hours * priced.central as implied_usd,
    gpu_hours * priced.high as implied_usd_high,
    value as reported_usd,
    value / (gpu_hours * priced.central) as reported_over_implied,
    source_url
from paired
join priced using (claim_id)
order by claim_id, price_basis
