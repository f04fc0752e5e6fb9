-- One row per AI model of the catalogue, with an id made of organisation, name and day of publication.
--
-- grain: model_id
-- unit: none
-- sources: raw.model_releases (epoch_models)
with cleaned as (
    select
        *,
        trim(regexp_replace(name, '[\s\x{00A0}]+', ' ', 'g')) as model_name,
        coalesce(nullif(trim(split_part(organisations, ',', 1)), ''), 'unknown') as organisation
    from raw.model_releases
    where published_on is not null
),
named as (
    select
        *,
        trim(regexp_replace(lower(strip_accents(organisation)), '[^a-z0-9]+', '-', 'g'), '-') as organisation_slug,
        trim(regexp_replace(lower(strip_accents(model_name)), '[^a-z0-9.+]+', '-', 'g'), '-') as model_slug
    from cleaned
),
numbered as (
    select
        *,
        format(
            '{}/{}@{}', coalesce(nullif(organisation_slug, ''), 'unknown'), coalesce(nullif(model_slug, ''), 'unnamed'),
            published_on
        ) as stem,
        row_number() over (partition by organisation_slug, model_slug, published_on order by source, row) as copy
    from named
)
select
    case when copy = 1 then stem else format('{}-{}', stem, copy) end as model_id,
    model_name,
    name as name_as_printed,
    organisation,
    organisations,
    countries,
    published_on,
    domain,
    parameters,
    base_model,
    base_model is not null as is_finetune,
    accessibility,
    is_notable,
    compute_rank,
    address,
    row as source_row,
    source,
    visit_id,
    observed_at
from numbered
order by model_id
