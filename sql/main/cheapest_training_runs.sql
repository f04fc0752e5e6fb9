-- The cheapest training run of each quarter that reached a level of capability; a quarter without one is a gap, not a guess.
--
-- grain: level, method, quarter_on
-- unit: USD, nominal
-- sources: training_cost_per_capability, core.scores; levels are models, measured by the newest fit of the index
-- column level: level, such as gpt-4
-- column level_model_id: model that the level is named for
-- column level_eci: its index
-- column eci_on: day of the fit
-- column method: amortised, acquisition, cloud or reported
-- column quarter_on: first day of the quarter
-- column is_gap: whether no costed run at the level was published in the quarter
-- column catalogue_model_id: the cheapest of them
-- column model_name: its name
-- column organisation: developing organisation
-- column published_on: day of publication
-- column eci: its index
-- column cost_usd_low: lower end of the 90 % interval of its cost
-- column cost_usd: central estimate
-- column cost_usd_high: upper end of it
-- column scope: what the cost covers: final_run or training_total; fine-tunes are left out, their base not being counted
-- column basis: reported, derived or estimated
-- column runs: costed runs at the level in the quarter
-- column cheapest_so_far_usd: least central cost up to the quarter
-- column recipe: how it was made
-- column source_url: document that announced the model
with levels as (
    select
        named.key as level,
        named.value_text as level_model_id,
        arg_max(scores.score, scores.observed_on) as level_eci,
        max(scores.observed_on) as eci_on
    from core.assumptions as named
    join core.scores as scores
        on scores.benchmark = 'eci' and scores.is_current and scores.model_id = named.value_text
    where named.variant = 'aicost' and named.assumption = 'capability_level'
    group by all
),
able as (
    select levels.*, costs.*, date_trunc('quarter', costs.published_on)::date as quarter_on
    from levels
    join training_cost_per_capability as costs
        on costs.benchmark = 'eci' and costs.scored_on = levels.eci_on and costs.score >= levels.level_eci
    where costs.scope in ('final_run', 'training_total') and not costs.is_finetune
),
quarters as (
    select level, level_model_id, level_eci, eci_on, method, quarter::date as quarter_on
    from (
        select level, level_model_id, level_eci, eci_on, method, min(quarter_on) as first_on,
            max(max(quarter_on)) over () as last_on
        from able group by all
    )
    cross join unnest(generate_series(first_on, last_on, interval 3 month)) as days (quarter)
),
cheapest as (
    select *, count(*) over (partition by level, method, quarter_on) as runs
    from able
    qualify row_number() over (
        partition by level, method, quarter_on order by cost_usd, catalogue_model_id
    ) = 1
)
select
    quarters.level,
    quarters.level_model_id,
    quarters.level_eci,
    quarters.eci_on,
    quarters.method,
    quarters.quarter_on,
    cheapest.cost_usd is null as is_gap,
    cheapest.catalogue_model_id,
    cheapest.model_name,
    cheapest.organisation,
    cheapest.published_on,
    cheapest.score as eci,
    cheapest.cost_usd_low,
    cheapest.cost_usd,
    cheapest.cost_usd_high,
    cheapest.scope,
    cheapest.basis,
    coalesce(cheapest.runs, 0) as runs,
    min(cheapest.cost_usd) over (
        partition by quarters.level, quarters.method order by quarters.quarter_on
    ) as cheapest_so_far_usd,
    'least central cost of the runs published in the quarter whose index reaches the level; gaps are not filled' as recipe,
    cheapest.source_url
from quarters
left join cheapest using (level, method, quarter_on)
order by quarters.level, quarters.method, quarters.quarter_on
