-- When each price was in force: one row per offer and interval; nothing is updated in place, held prices are not here.
--
-- grain: offer_id, valid_from
-- unit: USD per GPU-hour, nominal, at the reference rate of the day it was first observed; times in UTC
-- sources: core.gpu_price_intervals, core.gpu_price_rows, core.accelerators
-- column offer_id: the offer
-- column provider: who asks the price
-- column sku: the provider's code, as printed
-- column offer: the publisher's label of the offer
-- column accelerator_id: accelerator; unknown in it where form factor or memory are not stated
-- column family: chip family without form factor and memory
-- column form_factor: form factor; unknown where several exist and none is stated
-- column memory_gb: memory of the accelerator in GB; NULL where several exist and none is stated
-- column gpus: accelerators in the offer; below 1 for a share of a card
-- column region: region as printed; NULL where the price holds everywhere
-- column region_id: the provider's code of the region, where its printed name is known
-- column pricing_type: on_demand, spot, community, reserved, cluster, serverless or low_priority
-- column commitment: commitment as printed; none where there is none
-- column term_months: length of the commitment in months, where one is stated
-- column price: price as printed
-- column currency: its currency
-- column price_unit: what one price buys
-- column usd_per_gpu_hour: USD per GPU-hour; NULL where it cannot be derived
-- column is_floor: whether the page says "from": a lower bound
-- column is_gpu_only: whether the host's processors and memory are priced apart
-- column valid_from: when it was first seen, or the day from which the page says it holds
-- column valid_to: when another price or the offer's absence was first seen; NULL while it may still hold
-- column last_seen: when it was last seen
-- column status: open; stale (source gone quiet, or one visit without it); superseded by another price; closed (offer gone)
-- column is_cross_check: whether the source repeats what others publish
-- column source: source
-- column source_url: address
select
    rows.offer_id, rows.provider, rows.sku, rows.offer, rows.accelerator_id, rows.family, cards.form_factor, cards.memory_gb,
    rows.gpus, rows.region, rows.region_id,
    rows.pricing_type, rows.commitment, rows.term_months, rows.price, rows.currency, rows.price_unit,
    rows.usd_per_gpu_hour, rows.is_floor, rows.is_gpu_only,
    intervals.valid_from, intervals.valid_to, intervals.last_seen, intervals.status,
    rows.is_cross_check, rows.source, rows.source_url
from core.gpu_price_intervals as intervals
join core.gpu_price_rows as rows
    on rows.offer_id = intervals.offer_id and rows.visit_id = intervals.visit_id
    and rows.page_number = intervals.page_number and rows.source_row = intervals.source_row
left join core.accelerators as cards on cards.accelerator_id = rows.accelerator_id
order by rows.offer_id, intervals.valid_from
