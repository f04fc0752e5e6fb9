-- Where each extracted claim was seen: one row per claim and page, over all visits to the page.
--
-- grain: claim_id, address
-- unit: as in the column unit
-- sources: raw.extracted_claims (articles); reference.articles for the day of a page that does not say its own
with keyed as (
    -- The same figure for the same thing in the same scope is one claim, wherever it stands; its hedge may differ.
    -- A figure of nobody in particular is a claim of its page alone.
    select
        *,
        concat('x', substr(md5(concat_ws(
            '|', kind, unit, coalesce(per, ''), coalesce(value_low::varchar, ''), coalesce(value::varchar, ''),
            coalesce(value_high::varchar, ''), scope, coalesce(model_name, organisation, hardware, address)
        )), 1, 10)) as claim_id
    from raw.extracted_claims
    -- what came with the project stands in for a page only until we have read the page itself
    qualify not starts_with(visit_id, 'bundled') or bool_and(starts_with(visit_id, 'bundled')) over (partition by address)
),
listed as (
    select address, published_on::date as published_on, published_on_precision from reference.articles
),
newest as (
    -- of several visits, the newest one describes the sighting, and the first one dates it
    select *, min(observed_at) over sighting as first_seen_at
    from keyed
    window sighting as (partition by claim_id, address)
    qualify (observed_at, visit_id) = max((observed_at, visit_id)) over sighting
)
select
    claim_id,
    address,
    any_value(kind) as kind,
    any_value(unit) as unit,
    any_value(per) as per,
    any_value(value_low) as value_low,
    any_value(value) as value,
    any_value(value_high) as value_high,
    any_value(scope) as scope,
    any_value(model_name) as model_name,
    min_by(organisation, row) as organisation,
    min_by(hardware, row) as hardware,
    -- a headline drops the hedge that the text gives
    min_by(hedge, (hedge = 'exact', row)) as hedge,
    min_by(hedge_cue, (hedge = 'exact', row)) as hedge_cue,
    bool_or(is_vague) as is_vague,
    min_by(scope_cue, row) as scope_cue,
    min_by(model_from, row) as model_from,
    min_by(standing, row) as standing,
    min_by(printed, row) as printed,
    min_by(starts_at, row) as starts_at,
    min_by(ends_at, row) as ends_at,
    count(*) as mentions,
    any_value(title) as title,
    coalesce(any_value(newest.published_on), any_value(listed.published_on)) as published_on,
    case
        when any_value(newest.published_on) is not null then 'day'
        else any_value(listed.published_on_precision)
    end as published_on_precision,
    any_value(first_seen_at) as first_seen_at,
    any_value(observed_at) as last_seen_at,
    any_value(visit_id) as visit_id,
    any_value(source) as source
from newest
left join listed using (address)
group by claim_id, address
order by claim_id, address
