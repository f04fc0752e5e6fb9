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
),
listed as (
    select address, published_on::date as published_on, published_on_precision from reference.articles
),
newest as (
    select claim_id, address, max((observed_at, visit_id)) as visit from keyed group by claim_id, address
)
select
    keyed.claim_id,
    keyed.address,
    any_value(keyed.kind) as kind,
    any_value(keyed.unit) as unit,
    any_value(keyed.per) as per,
    any_value(keyed.value_low) as value_low,
    any_value(keyed.value) as value,
    any_value(keyed.value_high) as value_high,
    any_value(keyed.scope) as scope,
    any_value(keyed.model_name) as model_name,
    min_by(keyed.organisation, keyed.row) as organisation,
    min_by(keyed.hardware, keyed.row) as hardware,
    -- a headline drops the hedge that the text gives
    min_by(keyed.hedge, (keyed.hedge = 'exact', keyed.row)) as hedge,
    min_by(keyed.hedge_cue, (keyed.hedge = 'exact', keyed.row)) as hedge_cue,
    bool_or(keyed.is_vague) as is_vague,
    min_by(keyed.scope_cue, keyed.row) as scope_cue,
    min_by(keyed.model_from, keyed.row) as model_from,
    min_by(keyed.standing, keyed.row) as standing,
    min_by(keyed.printed, keyed.row) as printed,
    min_by(keyed.starts_at, keyed.row) as starts_at,
    min_by(keyed.ends_at, keyed.row) as ends_at,
    count(*) as mentions,
    any_value(keyed.title) as title,
    coalesce(any_value(keyed.published_on), any_value(listed.published_on)) as published_on,
    case
        when any_value(keyed.published_on) is not null then 'day'
        else any_value(listed.published_on_precision)
    end as published_on_precision,
    (select min(earlier.observed_at) from keyed as earlier
     where earlier.claim_id = keyed.claim_id and earlier.address = keyed.address) as first_seen_at,
    any_value(keyed.observed_at) as last_seen_at,
    any_value(keyed.visit_id) as visit_id,
    any_value(keyed.source) as source
from keyed
join newest
    on newest.claim_id = keyed.claim_id and newest.address = keyed.address
    and newest.visit = (keyed.observed_at, keyed.visit_id)
left join listed on listed.address = keyed.address
group by keyed.claim_id, keyed.address
order by keyed.claim_id, keyed.address
