-- Every price of a GPU-hour on file, as observed: what was printed, what follows per GPU-hour, and whether it counts.
--
-- grain: source, visit_id, page_number, source_row, pricing_type, commitment
-- unit: USD per GPU-hour, nominal, at the reference rate of the day; the price itself in its currency and unit
-- sources: core.gpu_price_rows, core.gpu_price_exceptions
-- column provider: who asks the price
-- column sku: the provider's code, as printed
-- column offer: the publisher's label of the offer
-- column gpu_as_printed: accelerator as printed; NULL where only the code says which it is
-- column accelerator_id: accelerator; unknown in it where form factor or memory are not stated
-- column family: chip family without form factor and memory
-- column gpus: accelerators in the offer; below 1 for a share of a card
-- column region: region as printed; NULL where the price holds everywhere
-- column pricing_type: on_demand, spot, community, reserved, cluster, serverless or low_priority; never averaged
-- column commitment: commitment as printed; none where there is none
-- column term_months: length of the commitment in months, where one is stated
-- column price: price as printed
-- column currency: its currency
-- column price_unit: what one price buys
-- column usd_per_unit: USD per unit of the currency on rate_on
-- column rate_on: day of the reference rate; NULL for prices in dollars
-- column usd_per_gpu_hour: USD per GPU-hour; NULL with a reason
-- column missing_reason: why it is NULL
-- column is_floor: whether the page says "from": a lower bound
-- column is_gpu_only: whether the host's processors and memory are priced apart
-- column effective_on: day from which the page says the price holds
-- column observed_at: when it was observed (UTC)
-- column status: accepted, released, held or rejected; repeated where the visit has the offer already; withdrawn where an announced price was
-- column is_cross_check: whether the source repeats what others publish; never counted beside them
-- column offer_id: the offer, as in gpu_price_history
-- column source: source
-- column visit_id: visit
-- column page_number: page of the visit, from 0
-- column source_row: position on the page
-- column source_url: address
select
    rows.provider, rows.sku, rows.offer, rows.gpu_as_printed, rows.accelerator_id, rows.family, rows.gpus, rows.region,
    rows.pricing_type, rows.commitment, rows.term_months, rows.price, rows.currency, rows.price_unit,
    rows.usd_per_unit, rows.rate_on, rows.usd_per_gpu_hour, rows.missing_reason,
    rows.is_floor, rows.is_gpu_only, rows.effective_on, rows.observed_at,
    coalesce(exceptions.status, 'accepted') as status,
    rows.is_cross_check, rows.offer_id, rows.source, rows.visit_id, rows.page_number, rows.source_row, rows.source_url
from core.gpu_price_rows as rows
left join core.gpu_price_exceptions as exceptions
    using (source, visit_id, page_number, source_row, pricing_type, commitment)
order by rows.source, rows.visit_id, rows.page_number, rows.source_row, rows.pricing_type, rows.commitment
