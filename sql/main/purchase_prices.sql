-- Prices to buy a chip with its share of the server, by chip family.
--
-- grain: source, source_row
-- unit: USD per chip with server, nominal
-- sources: core.hardware_prices, core.accelerators, core.assumptions (server_multiplier_range, gpu_purchase_price)
-- column family: chip family
-- column chip: chip as printed
-- column priced_on: day of the price
-- column usd_per_chip_low: lower end of the 90 % range
-- column usd_per_chip: price with the share of the server
-- column usd_per_chip_high: upper end of the 90 % range
-- column has_server: whether the price as printed holds the server already
-- column is_estimate: whether the catalogue calls it an estimate
-- column source_url: where it was read
-- column source: source, as in sources
-- column source_row: position on the page
with chosen as (
    select
        max(central) filter (where assumption = 'server_multiplier_range') as server,
        max(low) filter (where assumption = 'gpu_purchase_price') as factor_low,
        max(high) filter (where assumption = 'gpu_purchase_price') as factor_high
    from core.assumptions
    where variant = 'aicost'
),
priced as (
    select
        prices.* exclude (family), cards.family, chosen.*,
        -- modules are priced in their server unless the row says otherwise; cards, and the estimates for TPUs, without
        prices.is_dgx_share or not (prices.is_single_unit or cards.form_factor in ('pcie', 'nvl', 'sff', 'tpu')) as has_server,
        prices.purchase_usd * case when has_server then 1 else server end as usd
    from core.hardware_prices as prices
    join core.accelerators as cards using (accelerator_id)
    cross join chosen
    where prices.purchase_usd is not null
)
select
    priced.family, chip_name as chip, priced_on, usd * factor_low as usd_per_chip_low, usd as usd_per_chip, usd * factor_high as usd_per_chip_high,
    has_server, is_estimate, source_url, source, source_row
from priced
order by source, source_row
