-- Every price of a GPU-hour that counts: accepted, from who asks it, with the accelerator and its dollars known.
--
-- grain: source, visit_id, page_number, source_row, pricing_type, commitment
-- unit: USD per GPU-hour, nominal
-- sources: core.gpu_price_rows, core.gpu_price_exceptions
select
    rows.source, rows.visit_id, rows.page_number, rows.source_row, rows.pricing_type, rows.commitment,
    rows.provider, rows.gpu_as_printed, rows.accelerator_id, rows.family, rows.region, rows.usd_per_gpu_hour,
    rows.is_floor, rows.priced_on, rows.source_url
from core.gpu_price_rows as rows
left join core.gpu_price_exceptions as exceptions
    using (source, visit_id, page_number, source_row, pricing_type, commitment)
where not rows.is_cross_check
  and rows.usd_per_gpu_hour is not null
  and coalesce(exceptions.status, 'accepted') in ('accepted', 'released')
order by rows.source, rows.visit_id, rows.page_number, rows.source_row, rows.pricing_type, rows.commitment
