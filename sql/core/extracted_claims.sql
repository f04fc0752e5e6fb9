-- Every claim read out of articles, with what our ledger and our reviews say of it. The ledger is never changed by it.
--
-- grain: claim_id
-- unit: as in the column unit; value_low, value and value_high as printed, the interval of the hedge in low and high
-- sources: core.claim_sightings, core.claim_edits; core.claims (ledger); core.models, core.catalogue_links, meta.model_names; reference.extracted_claim_reviews, reference.scopes
with sightings as (
    select
        claim_id,
        any_value(kind) as kind, any_value(unit) as unit, any_value(per) as per,
        any_value(value_low) as value_low, any_value(value) as value, any_value(value_high) as value_high,
        any_value(scope) as scope, any_value(model_name) as model_name,
        min_by(organisation, (first_seen_at, address)) as organisation,
        min_by(hardware, (first_seen_at, address)) as hardware,
        min_by(hedge, (hedge = 'exact', first_seen_at, address)) as hedge,
        bool_or(is_vague) as is_vague,
        min(published_on) as claimed_on,
        min_by(published_on_precision, (published_on, address)) as claimed_on_precision,
        count(*) as sightings,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        min_by(address, (coalesce(published_on, first_seen_at::date), address)) as earliest_address
    from core.claim_sightings
    group by claim_id
),
named as (
    -- by whole name, or by the registry's names and reviewed aliases; never by likeness
    select sightings.claim_id, models.model_id
    from sightings
    join core.models as models
        on models.model_name = sightings.model_name
        or models.model_id in (
            select links.catalogue_model_id
            from meta.model_names as names
            join core.catalogue_links as links
                on links.family_id = names.family_id and links.registry_model_id is not distinct from names.model_id
            where names.source in (select source from raw.extracted_claims) and names.printed = sightings.model_name
        )
    qualify row_number() over (
        partition by sightings.claim_id
        order by models.model_name = sightings.model_name desc, models.published_on, models.model_id
    ) = 1
),
in_ledger as (
    -- the very figure, for the same model or organisation, in the same scope
    select
        sightings.claim_id, ledger.claim_id as ledger_claim_id, ledger.basis, coalesce(ledger.disputed, false) as disputed
    from sightings
    left join named using (claim_id)
    join core.claims as ledger
        on ledger.kind = sightings.kind
        and ledger.unit = sightings.unit
        and ledger.per is not distinct from sightings.per
        and ledger.scope = sightings.scope
        and ledger.value_low is not distinct from sightings.value_low
        and ledger.value is not distinct from sightings.value
        and ledger.value_high is not distinct from sightings.value_high
        and (
            ledger.model_id = named.model_id
            or ledger.model_name = sightings.model_name
            or (sightings.model_name is null and ledger.model_name is null and ledger.organisation = sightings.organisation)
        )
    qualify row_number() over (partition by sightings.claim_id order by ledger.claim_id) = 1
),
reviewed as (
    select * from reference.extracted_claim_reviews
    qualify row_number() over (partition by claim_id order by decision::integer desc) = 1
)
select
    sightings.* exclude (hedge),
    named.model_id,
    sightings.hedge,
    coalesce(sightings.value_low, sightings.value * coalesce(assumed.low, 1)) as low,
    coalesce(sightings.value_high, sightings.value * coalesce(assumed.high, 1)) as high,
    scopes.covers,
    scopes.leaves_out,
    coalesce(
        reviewed.status,
        case when in_ledger.disputed then 'disputed' when in_ledger.ledger_claim_id is not null then 'confirmed' end,
        case when edits.claim_id is not null then 'superseded' end,
        'new'
    ) as status,
    case
        when reviewed.claim_id is not null then 'review'
        when in_ledger.ledger_claim_id is not null then 'ledger'
        when edits.claim_id is not null then 'page'
        else 'not reviewed'
    end as status_from,
    coalesce(in_ledger.basis, 'unknown') as basis,
    coalesce(reviewed.ledger_claim_id, in_ledger.ledger_claim_id) as ledger_claim_id,
    coalesce(reviewed.superseded_by, edits.superseded_by) as superseded_by,
    reviewed.decided_on::date as decided_on,
    reviewed.decided_by,
    reviewed.reason
from sightings
left join named using (claim_id)
left join in_ledger using (claim_id)
left join reviewed using (claim_id)
left join core.claim_edits as edits using (claim_id)
left join reference.scopes as scopes on scopes.scope = sightings.scope
left join core.assumptions as assumed
    on assumed.variant = 'aicost' and assumed.assumption = 'claim_rounding' and assumed.key = sightings.hedge
order by sightings.claim_id
