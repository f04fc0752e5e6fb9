-- Each offer's observations in order of time, numbered by runs of one price; an announced price stands from its day on.
--
-- grain: source, visit_id, page_number, source_row, pricing_type, commitment
-- unit: price in the currency and unit of the offer
-- sources: core.gpu_price_rows, core.source_sightings, meta.visits, core.assumptions
with chosen as (
    select max(central) as visits_missed
    from core.assumptions
    where variant = 'aicost' and assumption = 'visits_missed'
),
numbered as (
    select *, lead(seen_at) over (partition by source order by sighting) as next_seen_at
    from core.source_sightings
),
visits as (
    select
        source, visit_id, min(sighting) as first_sighting, max(sighting) as last_sighting,
        min(seen_at) as first_seen_at, max(seen_at) as last_seen_at,
        max_by(next_seen_at, sighting) as next_seen_at
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
        visits.last_sighting,
        case when is_announced then rows.effective_on::timestamptz else coalesce(visits.first_seen_at, rows.observed_at) end
            as first_seen_at,
        case when is_announced then rows.effective_on::timestamptz else coalesce(visits.last_seen_at, rows.observed_at) end
            as last_seen_at
    from core.gpu_price_rows as rows
    left join visits on visits.source = rows.source and visits.visit_id = rows.visit_id
    left join meta.visits as received on received.source = rows.source and received.visit_id = rows.visit_id
    -- what was announced and is no longer on the page before its day has been withdrawn, or is stated again there
    where not is_announced or visits.next_seen_at is null or visits.next_seen_at::date >= rows.effective_on
    qualify row_number() over (
        partition by rows.offer_id, rows.visit_id, rows.observed_at, is_announced
        -- a publisher may leave a superseded price beside the one that holds
        order by rows.effective_on desc nulls last, rows.page_number, rows.source_row
    ) = 1
),
compared as (
    select
        observed.*,
        lag(price) over offers as price_before,
        first_sighting - lag(last_sighting) over offers - 1 as sightings_without_it
    from observed
    window offers as (partition by offer_id order by first_seen_at, visit_id)
)
select
    compared.*,
    sum(case
        when price_before is null or price <> price_before or coalesce(sightings_without_it >= visits_missed, false) then 1
        else 0
    end) over (partition by offer_id order by first_seen_at, visit_id) as run
from compared
cross join chosen
order by source, visit_id, page_number, source_row, pricing_type, commitment
