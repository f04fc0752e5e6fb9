-- Why do the figures of one model differ: from one to another, what does each step add?
-- parameter model_id: model, as in training_costs
-- parameter from_id: figure to begin at; NULL: the lowest stated one
-- parameter to_id: figure to end at; NULL: each higher stated one
with figures as (
    select * from cost_figures where model_id = $model_id
),
first as (
    select coalesce($from_id, (select figure_id from figures where is_stated order by usd, figure_id limit 1)) as figure_id
),
wanted as (
    select differences.*
    from cost_differences as differences, first
    where differences.model_id = $model_id
      and first.figure_id in (from_figure_id, to_figure_id)
      and (
        ($to_id is null and from_figure_id = first.figure_id and to_figure_id in (select figure_id from figures where is_stated))
        or $to_id in (from_figure_id, to_figure_id)
      )
)
select
    from_figure_id, from_claimant, from_scope, from_usd, to_figure_id, to_claimant, to_scope, to_usd, step_number, step, delta_usd as value,
    'USD' as unit, after_usd, how, starts.dated_on as from_as_of, ends.dated_on as to_as_of,
    case when starts.is_stated then 'stated' else 'computed' end as from_basis, case when ends.is_stated then 'stated' else 'computed' end as to_basis,
    starts.source_url as from_source_url, ends.source_url as to_source_url
from wanted
join figures as starts on starts.figure_id = from_figure_id
join figures as ends on ends.figure_id = to_figure_id
order by from_usd, to_usd, to_figure_id, step_number
