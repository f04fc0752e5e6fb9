-- What the training of a model cost, beside what the model can do: each estimate with its scope, each score with its day.
--
-- grain: catalogue_model_id, method, benchmark
-- unit: USD, nominal; score as a share, or points of the index
-- sources: training_costs (variant aicost), core.catalogue_links, core.scores
-- column catalogue_model_id: model of the catalogue, as in training_costs
-- column model_name: its name
-- column organisation: developing organisation
-- column published_on: day of publication
-- column method: amortised, acquisition, cloud or reported
-- column scope: what the cost covers
-- column basis: reported, derived or estimated
-- column cost_usd_low: lower end of the 90 % interval
-- column cost_usd: central estimate
-- column cost_usd_high: upper end of it
-- column benchmark: benchmark; eci for the index
-- column score: best score of the model or of its pre-training's family: share, or points
-- column score_low: lower end of that score's 90 % interval
-- column score_high: upper end of it
-- column scored_model_id: registered model that was scored
-- column matched_by: model, where the scored model is the catalogue's row; family, where it shares its pre-training
-- column scored_on: day of the visit or fit the score is of
-- column training_compute_flop: training compute printed beside the score
-- column is_finetune: whether it was made from another model, whose cost is not in the figure
-- column recipe: how cost and interval were made
-- column score_source: source of the score
-- column source_url: document that announced the model
with scored as (
    select
        links.catalogue_model_id,
        scores.*,
        links.registry_model_id is not distinct from scores.model_id as is_same_model
    from core.catalogue_links as links
    join scores
        on scores.model_id = links.registry_model_id
        or (links.registry_model_id is null and scores.family_id = links.family_id)
    where scores.is_current and not scores.is_mirror and not scores.is_composite
      and (scores.benchmark = 'eci' or scores.score_share is not null)
),
best as (
    select * from scored
    -- of an index the newest fit; of a benchmark the best run
    qualify row_number() over (
        partition by catalogue_model_id, benchmark
        order by case when benchmark = 'eci' then observed_on end desc, is_same_model desc, score desc, score_id
    ) = 1
)
select
    costs.model_id as catalogue_model_id,
    costs.model_name,
    costs.organisation,
    costs.published_on,
    costs.method,
    costs.scope,
    costs.basis,
    costs.cost_usd_low,
    costs.cost_usd,
    costs.cost_usd_high,
    best.benchmark,
    coalesce(best.score_share, best.score) as score,
    coalesce(best.score_low * best.score_share / nullif(best.score, 0), best.score_low) as score_low,
    coalesce(best.score_high * best.score_share / nullif(best.score, 0), best.score_high) as score_high,
    best.model_id as scored_model_id,
    case when best.is_same_model then 'model' else 'family' end as matched_by,
    best.observed_on as scored_on,
    best.training_compute_flop,
    costs.is_finetune,
    costs.recipe,
    best.source as score_source,
    costs.source_url
from training_costs as costs
join best on best.catalogue_model_id = costs.model_id
where costs.variant = 'aicost' and costs.cost_usd is not null
order by costs.model_id, costs.method, best.benchmark
