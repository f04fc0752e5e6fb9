-- The price to buy each run's chip with its share of the server: of the very chip, else its family, else at launch.
--
-- grain: model_id
-- unit: USD per chip with server, nominal, when it was priced and when training began
-- sources: core.run_hours, core.hardware_prices, core.chips, core.accelerators, core.assumptions (variant aicost)
with assumed as (
    select * from core.assumptions where variant = 'aicost'
),
chosen as (
    select
        max(central) filter (where assumption = 'z_90') as z_90,
        max(central) filter (where assumption = 'days_per_year') as days_per_year,
        max(central) filter (where assumption = 'release_buffer_days')::integer as release_buffer_days,
        max(central) filter (where assumption = 'depreciation_oom_per_year') as oom_per_year,
        max(central) filter (where assumption = 'server_multiplier_range') as server_multiplier,
        max(ln(high / low)) filter (where assumption = 'server_multiplier_range') / (2 * z_90) as server_log_sd,
        max(ln(high / low)) filter (where assumption = 'gpu_purchase_price') / (2 * z_90) as gpu_log_sd,
        max(ln(high / low)) filter (where assumption = 'tpu_purchase_price') / (2 * z_90) as tpu_log_sd,
        max(ln(high / low)) filter (where assumption = 'family_price') / (2 * z_90) as family_log_sd
    from assumed
),
runs as (
    select
        runs.*, chips.released_on, chips.release_price_usd, chips.source_url as chip_url,
        coalesce(cards.form_factor, 'unknown') as form_factor, chosen.*
    from core.run_hours as runs
    cross join chosen
    left join core.chips as chips using (chip_name)
    left join core.accelerators as cards on cards.accelerator_id = runs.accelerator_id
    where runs.chip_name is not null
),
candidates as (
    select
        runs.model_id,
        -- a name that leaves the form factor open is a family, not a chip
        case when prices.accelerator_id = runs.accelerator_id and runs.form_factor <> 'unknown' then 1 else 2 end as preference,
        false as is_launch,
        prices.purchase_usd as usd_printed,
        -- modules are priced in their server unless the row says otherwise; cards, and the estimates for TPUs, without
        prices.is_dgx_share or not (prices.is_single_unit or cards.form_factor in ('pcie', 'nvl', 'sff', 'tpu')) as has_server,
        prices.is_dgx_share as is_server_certain,
        prices.priced_on,
        prices.source_url
    from runs
    join core.hardware_prices as prices on prices.family = runs.family and prices.purchase_usd is not null
    join core.accelerators as cards on cards.accelerator_id = prices.accelerator_id
    union all
    -- a card's launch price is a price of the very chip on that day; a module's may hold a share of the server
    select
        model_id, case when form_factor in ('pcie', 'nvl', 'sff') then 1 else 3 end as preference, true as is_launch,
        release_price_usd, false as has_server, true as is_server_certain, released_on, chip_url
    from runs
    where release_price_usd is not null
),
ranked as (
    -- in force when training began; on one day a server's share before a bare chip, then the middle one
    select
        candidates.*,
        runs.* exclude (model_id),
        rank() over (
            partition by candidates.model_id
            order by
                candidates.preference,
                candidates.priced_on > runs.started_at::date,
                abs(date_diff('day', candidates.priced_on, runs.started_at::date)),
                candidates.is_server_certain desc,
                candidates.has_server desc
        ) as place
    from candidates
    join runs using (model_id)
),
picked as (
    select
        model_id,
        any_value(preference) as preference,
        bool_and(is_launch) as is_launch,
        any_value(form_factor) as form_factor,
        median(usd_printed * case when has_server then 1 else server_multiplier end) as usd_per_chip,
        bool_and(has_server) as has_server,
        bool_and(has_server and is_server_certain) as is_server_certain,
        any_value(priced_on) as priced_on,
        min(source_url) as source_url,
        -- Google has its TPUs from the day of release
        any_value(
            case form_factor when 'tpu' then priced_on else greatest(priced_on, released_on + release_buffer_days) end
        ) as available_on,
        any_value(started_at) as started_at,
        any_value(columns(['oom_per_year', 'days_per_year', 'server_log_sd', 'gpu_log_sd', 'tpu_log_sd', 'family_log_sd']))
    from ranked
    where place = 1
    group by model_id
)
select
    model_id,
    usd_per_chip,
    usd_per_chip * pow(
        10, -oom_per_year * greatest(0, date_diff('day', available_on, started_at::date)) / days_per_year
    ) as value_usd_per_chip,
    case
        when is_launch then 'launch price'
        when form_factor = 'tpu' then 'estimate for a chip that is not sold'
        when preference = 1 then 'the very chip'
        else 'its family'
    end as match,
    has_server,
    priced_on,
    available_on,
    source_url,
    sqrt(
        pow(case when form_factor = 'tpu' then tpu_log_sd else gpu_log_sd end, 2)
        + case when is_server_certain then 0 else pow(server_log_sd, 2) end
        + case when preference = 2 then pow(family_log_sd, 2) else 0 end
    ) as price_log_sd
from picked
order by model_id
