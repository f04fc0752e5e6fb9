-- Dated prices of chips in the order of their file: rented by the hour in up to three terms, or bought.
--
-- grain: source, source_row
-- unit: USD per chip-hour, or USD per chip, nominal
-- sources: raw.hardware_prices (epoch_hardware_prices); meta.names
select
    prices.hardware as chip_name,
    names.accelerator_id,
    names.family,
    prices.priced_on,
    prices.vendor,
    prices.location,
    prices.on_demand_usd_per_chip_hour,
    prices.one_year_usd_per_chip_hour,
    prices.three_year_usd_per_chip_hour,
    prices.purchase_usd,
    prices.is_dgx_share,
    prices.is_single_unit,
    prices.is_estimate,
    prices.row as source_row,
    prices.source,
    prices.observed_at,
    coalesce(prices.address, sources.url) as source_url
from raw.hardware_prices as prices
left join meta.names as names on names.printed = prices.hardware and names.memory_gb is null
left join meta.sources as sources on sources.source = prices.source
where prices.priced_on is not null
order by prices.source, prices.row
