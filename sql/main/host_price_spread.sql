-- One model's list price at its hosts on one day: the cheapest, the median, the dearest.
--
-- grain: model_id, source, observed_on
-- unit: USD per million tokens, three parts input, one part output
-- sources: core.token_prices; standard offer, first context tier, keys that spell the model's own name to their end
-- column model_id: registered model
-- column source: catalogue
-- column observed_on: day of its newest visit
-- column prices: price rows; a host has several for regions and endpoints
-- column hosts: different hosts among them
-- column low_usd_per_mtok: least price
-- column low_key: the catalogue's key of it
-- column median_usd_per_mtok: median price
-- column high_usd_per_mtok: highest price
-- column high_key: the catalogue's key of it
-- column high_over_low: highest over least
-- column scope: inference
-- column basis: reported: list prices as printed
-- column recipe: how it was made
with newest as (
    select source, max(observed_on) as observed_on from core.token_prices group by source
),
prices as (
    select
        prices.*,
        (ratio.central * input_usd_per_mtok + output_usd_per_mtok) / (ratio.central + 1) as blended
    from core.token_prices as prices
    join newest using (source, observed_on)
    cross join (
        select central from core.assumptions where variant = 'aicost' and assumption = 'input_output_ratio'
    ) as ratio
    where offer = 'standard' and input_kind = 'prompt' and tier_from_tokens = 0 and is_full_name
      and input_usd_per_mtok is not null and output_usd_per_mtok is not null
)
select
    model_id,
    source,
    observed_on,
    count(*) as prices,
    count(distinct host) as hosts,
    min(blended) as low_usd_per_mtok,
    arg_min(printed, (blended, printed)) as low_key,
    median(blended) as median_usd_per_mtok,
    max(blended) as high_usd_per_mtok,
    arg_max(printed, (blended, printed)) as high_key,
    max(blended) / min(blended) as high_over_low,
    'inference' as scope,
    'reported' as basis,
    'all price rows of the newest visit of one catalogue; quantised and faster variants are other offers' as recipe
from prices
group by model_id, source, observed_on
having count(*) >= 2
order by model_id, source
