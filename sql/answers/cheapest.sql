-- The cheapest models that reached a score by a day, first by what a run cost, then by list price.
-- parameter benchmark: a benchmark
-- parameter min_score: score to reach, as a share (0 to 1) or in points of an index
-- parameter as_of: the day
with able as (
    select
        *,
        coalesce(score_share, score) as level,
        coalesce(score_low * score_share / nullif(score, 0), score_low) as level_low,
        coalesce(score_high * score_share / nullif(score, 0), score_high) as level_high
    from capability_prices
    where benchmark = $benchmark and from_on <= $as_of::date and coalesce(to_on, $as_of::date + 1) > $as_of::date
      and confidence not in ('disputed', 'implausible')
),
bounds as (
    select
        basis,
        min(usd) filter (where coalesce(level_high, level) >= $min_score) as usd_low,
        min(usd) filter (where coalesce(level_low, level) >= $min_score) as usd_high
    from able group by basis
),
models as (  -- of each model its least price that day
    select * from able
    where level >= $min_score
    qualify row_number() over (
        partition by basis, coalesce(model_id, model) order by usd, confidence = 'ledger' desc, from_on, score_id, event_id
    ) = 1
),
ranked as (
    select *, row_number() over (partition by basis order by usd, level desc, score_id) as rank from models
)
select
    ranked.basis as price,
    rank,
    model,
    configuration,
    is_reasoning,
    level as score, level_low as score_low, level_high as score_high,
    case when rank = 1 then least(bounds.usd_low, ranked.usd) else ranked.usd_low end as value_low,
    usd as value,
    case when rank = 1 then greatest(bounds.usd_high, ranked.usd) else ranked.usd_high end as value_high,
    unit,
    'inference' as scope,
    'reported' as basis,
    host,
    from_on as as_of,
    concat(
        case when rank = 1 then 'interval: the same with the ends of the scores'' 90 % intervals'
        else 'interval: what catalogues print' end,
        '; day: ', from_basis, '; price: ', confidence
    ) as recipe,
    source_url
from ranked join bounds using (basis)
where rank <= 5
order by ranked.basis desc, rank
