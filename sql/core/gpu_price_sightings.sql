-- Each offer's observations in order of time, numbered by stays on the page and runs of one price.
--
-- An announced price stands from its day on. An offer that is absent for long enough has ended its stay.
--
-- grain: source, visit_id, page_number, source_row, pricing_type, commitment
-- unit: price in the currency and unit of the offer
-- sources: core.gpu_price_rows, core.source_sightings, meta.visits, meta.sources, core.assumptions
with chosen as (
    select max(central) as visits_missed
    from core.assumptions
    where variant = 'aicost' and assumption = 'visits_missed'
),
numbered as (
    select
        *,
        min(seen_at) filter (where not is_excerpt) over (
            partition by source order by sighting range between 1 following and unbounded following
        ) as next_seen_at
    from core.source_sightings
),
visits as (
    select
        source, visit_id, min(sighting) as first_sighting, max(sighting) as last_sighting,
        min(seen_at) as first_seen_at, max(seen_at) as last_seen_at,
        arg_max_null(next_seen_at, sighting) as next_seen_at
    from numbered
    group by source, visit_id
),
observed as (
    select
        rows.offer_id, rows.source, rows.visit_id, rows.page_number, rows.source_row,
        rows.pricing_type, rows.commitment, rows.price, rows.effective_on,
        coalesce(rows.effective_on > rows.observed_at::date, false) as is_announced,
        -- facts that come with the project, and tables that others curate, have been looked at by a person
        coalesce(received.via, 'bundled') not in ('fetch', 'ingest') as is_reviewed,
        visits.first_sighting,
        greatest(visits.last_sighting, last_visits.last_sighting) as last_sighting,
        case when is_announced then rows.effective_on::timestamptz else coalesce(visits.first_seen_at, rows.observed_at) end
            as first_seen_at,
        case when is_announced then rows.effective_on::timestamptz else coalesce(greatest(visits.last_seen_at, last_visits.last_seen_at), rows.observed_at) end
            as last_seen_at,
        -- when the page was read, also for a price that stands from a later day on
        coalesce(visits.first_seen_at, rows.observed_at) as read_at,
        coalesce(greatest(visits.last_seen_at, last_visits.last_seen_at), rows.observed_at) as last_read_at
    from core.gpu_price_rows as rows
    left join visits on visits.source = rows.source and visits.visit_id = rows.visit_id
    left join visits as last_visits on last_visits.source = rows.source and last_visits.visit_id = rows.last_visit_id
    left join meta.visits as received on received.source = rows.source and received.visit_id = rows.visit_id
    -- what was announced and is no longer on the page before its day has been withdrawn, or is stated again there
    where not is_announced or last_visits.next_seen_at is null or last_visits.next_seen_at::date >= rows.effective_on
    qualify row_number() over (
        partition by rows.offer_id, rows.visit_id, rows.observed_at, case when is_announced then rows.effective_on end
        -- a publisher may leave a superseded price beside the one that holds
        order by rows.effective_on desc nulls last, rows.page_number, rows.source_row
    ) = 1
),
compared as (
    select
        observed.*,
        lag(price) over offers as price_before,
        max(last_sighting) over earlier as sighting_before,
        max(last_seen_at) over earlier as seen_before
    from observed
    window
        offers as (partition by offer_id order by first_seen_at, visit_id),
        earlier as (offers rows between unbounded preceding and 1 preceding)
),
returned as (
    select
        compared.* exclude (sighting_before, seen_before),
        compared.first_sighting - sighting_before > visits_missed
        or (
            compared.first_sighting - sighting_before > 1
            and date_diff('second', seen_before, absences.seen_at) > sources.cadence_hours * visits_missed * 3600
        ) as is_back
    from compared
    cross join chosen
    left join meta.sources as sources on sources.source = compared.source
    left join core.source_sightings as absences
        on absences.source = compared.source and absences.sighting = compared.sighting_before + 1
        and not absences.is_excerpt
)
select
    *,
    price_before is null or price <> price_before or coalesce(is_back, false) as begins_run,
    sum(coalesce(is_back, false)::integer) over offers as stay,
    sum(begins_run::integer) over offers as run
from returned
window offers as (partition by offer_id order by first_seen_at, visit_id)
order by source, visit_id, page_number, source_row, pricing_type, commitment
