-- From one figure of a model to a higher one, step by step: scope, price year, hours, hourly price or method; adds up to the cent.
--
-- grain: from_figure_id, to_figure_id, step_number
-- unit: USD
-- sources: cost_figures
-- column model_id: model, as in training_costs
-- column model_name: model
-- column from_figure_id: figure that the steps begin at, as in cost_figures
-- column to_figure_id: figure that they end at
-- column from_claimant: who states or computes the first
-- column to_claimant: who states or computes the last
-- column from_scope: what the first covers
-- column to_scope: what the last covers
-- column from_usd: the first figure
-- column to_usd: the last figure
-- column step_number: order of the step
-- column step: price year, utilisation (GPU-hours), hardware price, rounding, method, number of chips, chip price, scope, or not explained
-- column before_usd: amount before the step
-- column delta_usd: what the step adds or takes away; the deltas sum to the difference of the two figures
-- column after_usd: amount after the step
-- column how: the step in words and numbers
with pairs as (
    select
        a.*, b as other,
        a.gpu_hours is not null and b.gpu_hours is not null and a.chips is null and b.chips is null as are_runs,
        a.chips is not null and b.chips is not null as are_clusters,
        a.gpu_hours is not null and a.chips is null and b.chips is not null as is_run_to_cluster,
        a.chips is not null and b.gpu_hours is not null and b.chips is null as is_cluster_to_run
    from cost_figures as a
    join cost_figures as b
        on b.model_id = a.model_id and (a.is_stated or b.is_stated)
        and (a.usd < b.usd or (a.usd = b.usd and a.figure_id < b.figure_id))
),
walked as (
    select
        *,
        usd / price_level_factor as nominal,
        case when are_runs then nominal * other.gpu_hours / gpu_hours when are_clusters then nominal * other.chips / chips else nominal end as counted,
        case
            when are_runs or are_clusters or is_run_to_cluster or is_cluster_to_run then other.usd / other.price_level_factor
            else counted
        end as priced,
        -- the price level of a figure whose making is not known cannot be told apart from the rest
        priced * other.price_level_factor as levelled
    from pairs
),
steps as (
    select
        *,
        unnest([
            {
                'step_number': 1, 'step': 'price year', 'before': usd, 'after': nominal,
                'how': format('from dollars of {} back to dollars of the day', strftime(price_level_on, '%Y-%m'))
            },
            {
                'step_number': 2, 'step': case when are_clusters then 'number of chips' else 'utilisation (GPU-hours)' end, 'before': nominal, 'after': counted,
                'how': case when are_runs then format('{:,} instead of {:,} GPU-hours, at the same hourly cost', try_cast(round(other.gpu_hours) as bigint), try_cast(round(gpu_hours) as bigint))
                    when are_clusters then format('{:,} instead of {:,} chips', try_cast(other.chips as bigint), try_cast(chips as bigint)) end
            },
            {
                'step_number': 3,
                'step': case
                    when is_run_to_cluster or is_cluster_to_run then 'scope'
                    when are_clusters then 'chip price'
                    when method is distinct from other.method then 'method'
                    when inputs_of = other.inputs_of then 'rounding'
                    else 'hardware price'
                end,
                'before': counted, 'after': priced,
                'how': case
                    when is_run_to_cluster then format('buying {:,} chips at ${:,.0f} instead of using them for {:,} hours at ${:.2f}', try_cast(other.chips as bigint), other.usd_per_chip, try_cast(round(gpu_hours) as bigint), usd_per_gpu_hour)
                    when is_cluster_to_run then format('{:,} hours at ${:.2f} instead of buying {:,} chips at ${:,.0f}', try_cast(round(other.gpu_hours) as bigint), other.usd_per_gpu_hour, try_cast(chips as bigint), usd_per_chip)
                    when are_clusters then format('${:,.0f} instead of ${:,.0f} per chip with its server and network', other.usd_per_chip, usd_per_chip)
                    when are_runs then format('${:.2f} ({}) instead of ${:.2f} ({}) per GPU-hour', other.usd_per_gpu_hour, coalesce(other.method, 'method not stated'), usd_per_gpu_hour, coalesce(method, 'method not stated'))
                end
            },
            {
                'step_number': 4, 'step': 'price year', 'before': priced, 'after': levelled,
                'how': format('from dollars of the day to dollars of {}', strftime(other.price_level_on, '%Y-%m'))
            },
            {
                'step_number': 5,
                'step': case when scope <> other.scope and 'unknown' not in (scope, other.scope) then 'scope' else 'not explained' end,
                'before': levelled, 'after': other.usd,
                'how': case
                    when scope <> other.scope and 'unknown' not in (scope, other.scope)
                        then format('{} instead of {}, and whatever else differs: how the figure was made is not stated', other.scope, scope)
                    when 'unknown' in (scope, other.scope) then 'one of the two does not say what it covers'
                    else 'how one of the two was made is not stated'
                end
            }
        ]) as one
    from walked
)
select
    model_id, model_name, figure_id as from_figure_id, other.figure_id as to_figure_id, claimant as from_claimant,
    other.claimant as to_claimant, scope as from_scope, other.scope as to_scope, usd as from_usd, other.usd as to_usd,
    one.step_number, one.step, one.before as before_usd, one.after - one.before as delta_usd, one.after as after_usd, one.how
from steps
-- a step that changes nothing is left out, but no pair is left without a step
where round(one.after - one.before, 2) <> 0 or (one.step_number = 5 and round(other.usd - usd, 2) = 0)
order by model_id, from_usd, from_figure_id, to_usd, to_figure_id, one.step_number
