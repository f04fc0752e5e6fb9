-- Prices of a GPU-hour on file that are not simply accepted, and what they are instead: few, so that all others need no look-up.
--
-- Released, held or rejected as their run is; withdrawn where an announced price is no longer made, else repeated.
-- grain: source, visit_id, page_number, source_row, pricing_type, commitment
-- unit: none
-- sources: core.gpu_price_rows, core.gpu_price_sightings, core.gpu_price_runs
select source, visit_id, page_number, source_row, pricing_type, commitment, runs.status
from core.gpu_price_sightings as sightings
join (select offer_id, run, status from core.gpu_price_runs where status <> 'accepted') as runs using (offer_id, run)
union all
select
    rows.source, rows.visit_id, rows.page_number, rows.source_row, rows.pricing_type, rows.commitment,
    case when rows.effective_on > rows.observed_at::date and kept.offer_id is null then 'withdrawn' else 'repeated' end
from core.gpu_price_rows as rows
anti join core.gpu_price_sightings as sightings
    using (source, visit_id, page_number, source_row, pricing_type, commitment)
left join (
    select distinct offer_id, effective_on from core.gpu_price_sightings where is_announced
) as kept on kept.offer_id = rows.offer_id and kept.effective_on = rows.effective_on
order by source, visit_id, page_number, source_row, pricing_type, commitment
