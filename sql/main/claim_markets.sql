-- What an hour of the claim's chip cost on the market of that day: the nearest on-demand price of each cloud.
--
-- grain: claim_id, provider
-- unit: USD per GPU-hour, nominal
-- sources: rental_prices, core.claims, core.claim_inputs, core.assumptions (market_window_days)
-- column claim_id: claim, as in reported_claims
-- column provider: cloud
-- column is_equivalent: whether the price is of another chip, by the stated ratio of training speed
-- column priced_family: chip family that the cloud rents at that price
-- column usd_per_gpu_hour: price of an hour of the claim's chip
-- column priced_on: day of the price
-- column days_apart: days between price and claim
-- column source_url: where the price was read; of several pages the first
with chosen as (
    select max(central)::integer as days from core.assumptions where variant = 'aicost' and assumption = 'market_window_days'
),
candidates as (
    select
        claims.claim_id, prices.provider, prices.is_equivalent, prices.priced_family, prices.usd_per_gpu_hour, prices.priced_on, prices.source_url,
        abs(date_diff('day', prices.priced_on, claims.claimed_on)) as days_apart
    from core.claims as claims
    join core.claim_inputs as inputs using (claim_id)
    cross join chosen
    join rental_prices as prices
        on prices.family = inputs.family and prices.pricing_type = 'on_demand'
        and prices.priced_on between claims.claimed_on - chosen.days and claims.claimed_on + chosen.days
),
nearest as (
    -- the very chip before its equivalent, then the nearest day; of several on that day the median
    select * from candidates
    qualify rank() over (partition by claim_id, provider order by is_equivalent, days_apart) = 1
)
select
    claim_id, provider, bool_and(is_equivalent) as is_equivalent, min(priced_family) as priced_family,
    median(usd_per_gpu_hour) as usd_per_gpu_hour, min(priced_on) as priced_on, min(days_apart) as days_apart,
    min(source_url) as source_url
from nearest
group by claim_id, provider
order by claim_id, provider
