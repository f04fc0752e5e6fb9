-- Every figure that somebody stated, with the model it is about where that is in the catalogue.
--
-- grain: claim_id
-- unit: as in the column unit; value_low, value and value_high as stated, the interval of the hedge in low and high
-- sources: raw.reported_claims (our ledger); core.models, core.training_runs; core.catalogue_links, meta.model_names
with assumed as (
    select key, low, high from core.assumptions where variant = 'aicost' and assumption = 'claim_rounding'
),
named as (
    -- by whole name, or by the registry's names and reviewed aliases; never by likeness
    select claims.claim_id, models.model_id
    from raw.reported_claims as claims
    join core.models as models
        on models.model_name = claims.model_name
        or models.model_id in (
            select links.catalogue_model_id
            from meta.model_names as names
            join core.catalogue_links as links
                on links.family_id = names.family_id and links.registry_model_id is not distinct from names.model_id
            where names.source = claims.source and names.printed = claims.model_name
        )
    qualify row_number() over (
        partition by claims.claim_id order by models.model_name = claims.model_name desc, models.published_on, models.model_id
    ) = 1
),
ledger as (
    select
        claims.* exclude (visit_id, row),
        named.model_id,
        coalesce(claims.value_low, claims.value * coalesce(assumed.low, 1)) as low,
        coalesce(claims.value_high, claims.value * coalesce(assumed.high, 1)) as high,
        claims.row as source_row
    from raw.reported_claims as claims
    left join named using (claim_id)
    left join assumed on assumed.key = claims.hedge
),
catalogue as (
    -- a catalogue's own estimate is one more claim: its column mixes price levels, methods and imputed values
    select
        concat('epoch-catalogue-cost-', models.model_id) as claim_id,
        models.model_name as subject,
        models.model_name,
        models.model_id,
        models.organisation,
        models.is_finetune,
        runs.catalogue_cost_usd as value,
        runs.catalogue_cost_price_year as price_year,
        runs.hardware_as_printed as hardware,
        sources.title as source_title,
        sources.url as source_url,
        runs.source,
        runs.source_row,
        runs.observed_at
    from core.training_runs as runs
    join core.models as models using (model_id)
    left join meta.sources as sources on sources.source = runs.source
    where runs.catalogue_cost_usd is not null
)
select
    claim_id, subject, subject_kind, model_id, model_name, organisation, claimant, kind, stage, scope, scope_note, hedge,
    value_low, value, value_high, low, high, unit, per, price_year, hardware, claimed_on, claimed_on_precision,
    source_title, source_url, source_kind, verified, seen_at, group_id, disputed, note,
    basis,
    source, source_row, observed_at
from ledger
union all by name
select
    claim_id, subject, 'model' as subject_kind, model_id, model_name, organisation, 'Epoch AI' as claimant,
    'money' as kind,
    case when is_finetune then 'unknown' else 'final_run' end as scope, 'Hardware depreciation and energy of the final run' as scope_note,
    'exact' as hedge, value, value as low, value as high, 'USD' as unit, price_year, hardware,
    observed_at::date as claimed_on, 'day' as claimed_on_precision,
    source_title, source_url, 'primary' as source_kind, 'yes' as verified, false as disputed,
    'A catalogue column that mixes price levels and imputed inputs' as note,
    'estimated' as basis, source, source_row, observed_at
from catalogue
order by claim_id
