-- What turns a model's nominal dollars into dollars of the base month, by each variant's rule for missing months.
--
-- grain: model_id, variant
-- unit: ratio of price indices
-- sources: core.models, core.price_index, core.assumptions
with bases as (
    select variant, value_text::date as price_base_month
    from core.assumptions
    where assumption = 'price_base_month'
),
gap as (
    select central::integer as months
    from core.assumptions
    where variant = 'aicost' and assumption = 'index_gap_months'
),
months as (
    select model_id, date_trunc('month', published_on)::date as month from core.models
),
latest as (
    select months.model_id, months.month, index.period_on, index.index_value
    from months
    asof left join core.price_index as index on months.month >= index.period_on
)
select
    latest.model_id,
    bases.variant,
    bases.price_base_month,
    case
        -- the published method leaves a cost nominal where the month is not in the file
        when bases.variant = 'cottier_2024'
            then coalesce(base.index_value / case when latest.period_on = latest.month then latest.index_value end, 1)
        when latest.period_on + to_months(gap.months) >= latest.month then base.index_value / latest.index_value
    end as index_factor,
    case
        when bases.variant = 'cottier_2024' and latest.period_on is distinct from latest.month
            then 'no price index for the month of publication: the published method leaves dollars nominal'
        when latest.period_on is null or latest.period_on + to_months(gap.months) < latest.month
            then 'no price index for the month of publication'
        when latest.period_on < latest.month then 'price index of the month not out yet: last month used'
    end as index_flag
from latest
cross join bases
cross join gap
left join core.price_index as base on base.period_on = bases.price_base_month
order by latest.model_id, bases.variant
