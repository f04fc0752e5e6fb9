-- What it took to reach a level of capability: the cheapest training run of each quarter, then the cheapest list price.
-- parameter level: a level of core.assumptions, such as gpt-4
-- parameter method: amortised, acquisition, cloud or reported
with training as (
    select
        'training' as part,
        quarter_on as from_on,
        case when is_gap then 'gap: no costed run at this level was published in the quarter' else model_name end as what,
        cost_usd_low as value_low, cost_usd as value, cost_usd_high as value_high,
        'USD' as unit, scope, basis,
        concat('ECI ', round(eci, 1)) as score,
        published_on as as_of,
        concat(method, ' method; ', recipe) as recipe,
        source_url
    from cheapest_training_runs
    where level = $level and method = $method
),
level as (
    select distinct level_model_id, level_eci, eci_on from cheapest_training_runs where level = $level
),
priced as (
    select
        prices.*,
        min(usd) over (order by from_on rows between unbounded preceding and 1 preceding) as usd_before
    from capability_prices as prices, level
    where prices.benchmark = 'eci' and prices.basis = 'list_price' and prices.score >= level.level_eci
      and prices.confidence not in ('disputed', 'implausible')
    qualify row_number() over (partition by from_on order by usd, score_id) = 1
),
inference as (
    select
        'inference' as part, from_on, model as what, usd_low as value_low, usd as value, usd_high as value_high,
        unit, 'inference' as scope, 'reported' as basis, concat('ECI ', round(score, 1)) as score, from_on as as_of,
        concat('list price, three parts input to one part output; ', confidence, '; day: ', from_basis) as recipe,
        source_url
    from priced
    where usd < coalesce(usd_before, usd + 1)
)
select * exclude (level_eci, eci_on), level_eci, eci_on as level_on
from (select * from training union all select * from inference) cross join (select level_eci, eci_on from level)
order by part desc, from_on
