-- Every usable price of a chip-hour by chip family: of the chip itself and, where stated, of its equivalent.
--
-- grain: family, price_id
-- unit: USD per GPU-hour of the family, nominal
-- sources: core.gpu_prices; core.assumptions (chip_equivalent, plausible_gpu_hour_price)
-- column family: chip family the price stands for
-- column price_id: the price on file
-- column priced_family: chip family that is rented at that price
-- column is_equivalent: whether that is another chip, taken by the ratio of training speed
-- column speed_ratio_low: lower end of that ratio; 1 for the chip itself
-- column speed_ratio: ratio of training speed by which the price was multiplied
-- column speed_ratio_high: upper end of that ratio
-- column provider: cloud
-- column pricing_type: how the price is bound
-- column commitment: the commitment, or none
-- column usd_per_gpu_hour: price of an hour of the family
-- column one_year_usd_per_gpu_hour: the same at a one-year commitment, by the usual discounts; NULL for other bindings
-- column priced_on: day of the price
-- column source_url: where it was read
-- column source: source, as in sources
with chosen as (
    select
        max(low) filter (where assumption = 'plausible_gpu_hour_price') as usd_least,
        max(high) filter (where assumption = 'plausible_gpu_hour_price') as usd_most,
        1 - max(central) filter (where assumption = 'commitment_discount' and key = 'one_year') as one_year,
        1 - max(central) filter (where assumption = 'commitment_discount' and key = 'three_year') as three_year
    from core.assumptions
    where variant = 'aicost'
),
usable as (
    select
        row_number() over (
            partition by source, visit_id, source_row, pricing_type, commitment
            order by provider, accelerator_id, gpu_as_printed, region, usd_per_gpu_hour, priced_on
        ) as copy,
        format('{}/{}/{}/{}/{}', source, visit_id, source_row, pricing_type, commitment)
            || case when copy > 1 then concat('/', copy) else '' end as price_id,
        prices.*,
        case
            when pricing_type = 'on_demand' then usd_per_gpu_hour * one_year
            when pricing_type = 'reserved' and commitment = '1 year' then usd_per_gpu_hour
            when pricing_type = 'reserved' and commitment = '3 years' then usd_per_gpu_hour * one_year / three_year
        end as one_year_usd_per_gpu_hour
    from core.gpu_prices as prices
    cross join chosen
    where prices.family is not null and not prices.is_floor
      and prices.usd_per_gpu_hour between chosen.usd_least and chosen.usd_most
)
select
    family, price_id, family as priced_family, false as is_equivalent,
    1::double as speed_ratio_low, 1::double as speed_ratio, 1::double as speed_ratio_high,
    provider, pricing_type, commitment, usd_per_gpu_hour, one_year_usd_per_gpu_hour, priced_on, source_url, source
from usable
union all
select
    equivalents.key, usable.price_id, usable.family, true, equivalents.low, equivalents.central, equivalents.high,
    usable.provider, usable.pricing_type, usable.commitment, usable.usd_per_gpu_hour * equivalents.central,
    usable.one_year_usd_per_gpu_hour * equivalents.central, usable.priced_on, usable.source_url, usable.source
from usable
join core.assumptions as equivalents
    on equivalents.variant = 'aicost' and equivalents.assumption = 'chip_equivalent'
    and equivalents.value_text = usable.family
order by family, price_id
