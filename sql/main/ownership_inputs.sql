-- What owning a chip costs besides its price: interest, upkeep, space, power and loss of value, by chip family.
--
-- grain: family, input
-- unit: as in the column unit
-- sources: chip_families, core.assumptions (ownership_*, server_power_multiplier, average_power_share, pue, electricity)
-- column family: chip family
-- column input: interest, maintenance and staff, hosting, power, load while in use, cooling and losses (PUE), electricity, or loss of value
-- column low: lower end of its range
-- column central: value used
-- column high: upper end of its range
-- column unit: what it is in
-- column citation: where it comes from
with assumed as (
    select * from core.assumptions where variant = 'aicost'
),
newest as (
    -- prices of electricity belong to the published method and are shared
    select max_by(central, key) as usd, concat(max(key), ': ', max_by(citation, key)) as citation
    from core.assumptions where assumption = 'electricity_usd_per_kwh'
),
chips as (
    select *, case when starts_with(family, 'TPU') then 'TPU' else 'GPU' end as kind from chip_families
),
general as (
    select
        case assumption
            when 'ownership_interest' then 'interest' when 'ownership_maintenance' then 'maintenance and staff'
            when 'ownership_hosting_usd_per_kw_month' then 'hosting' when 'pue' then 'cooling and losses (PUE)' else 'loss of value'
        end as input,
        low, central, high, unit, citation
    from assumed
    where assumption in ('ownership_interest', 'ownership_maintenance', 'ownership_hosting_usd_per_kw_month', 'depreciation_oom_per_year')
       or (assumption = 'pue' and key = 'other')
    union all
    select 'electricity', newest.usd * spread.low, newest.usd, newest.usd * spread.high, 'USD per kWh', newest.citation
    from newest
    join assumed as spread on spread.assumption = 'electricity'
)
select chips.family, general.* from chips cross join general
union all
select chips.family, 'load while in use', average.low, average.central, average.high, 'share of full power', average.citation
from chips
join assumed as average on average.assumption = 'average_power_share' and average.key = chips.kind
union all
select
    chips.family, 'power', watts * ratio / 1000, watts * ratio / 1000, watts * ratio / 1000, 'kW per chip with server', concat(chips.citation, '; ', by_kind.citation)
from (select *, tdp_watts as watts from chips where tdp_watts is not null) as chips
join assumed as by_kind on by_kind.assumption = 'server_power_multiplier' and by_kind.key = chips.kind
left join assumed as own on own.assumption = 'server_power_multiplier' and own.key = chips.family
cross join lateral (select coalesce(own.central, by_kind.central) as ratio)
order by family, input
