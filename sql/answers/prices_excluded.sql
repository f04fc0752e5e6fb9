-- Offers of an accelerator's family that an answer on prices leaves out, and why, on a day.
-- parameter family: chip family
-- parameter form_factor: form factor; NULL: any
-- parameter memory_gb: memory of the accelerator in GB; NULL: any
-- parameter gpus: only offers of at least so many; NULL: any
-- parameter day: day; NULL: the newest on file
with asked as (
    select
        coalesce($day::date, max(greatest(observed_at, last_seen_at))::date) as day,
        (select central from assumptions where variant = 'aicost' and assumption = 'price_current_days') as current_days,
        (select central from assumptions where variant = 'aicost' and assumption = 'market_price_current_days') as market_days
    from sources
    where source in (select source from gpu_price_history)
),
offers as (
    select
        history.*, case when pricing_type in ('spot', 'community') then market_days else current_days end as current_days,
        date_diff('day', least(last_seen::date, asked.day), asked.day) as days_since_seen
    from gpu_price_history as history
    cross join asked
    where history.family = $family
      and valid_from::date <= asked.day and (valid_to is null or valid_to::date > asked.day)
),
reasons as (
    select
        case
            when is_cross_check then 'catalog that repeats what providers publish'
            when usd_per_gpu_hour is null then 'GPU-hour cannot be derived'
            when days_since_seen > current_days then concat('not seen for more than ', current_days::integer, ' days')
            when $form_factor::varchar is not null and form_factor is distinct from $form_factor
                then concat('form factor is ', coalesce(form_factor, 'unknown'), ', not ', $form_factor)
            when $memory_gb::double is not null and memory_gb is distinct from $memory_gb
                then concat('memory is ', coalesce(concat(memory_gb::integer, ' GB'), 'unknown'), ', not ', $memory_gb::integer, ' GB')
            when gpus < $gpus::integer then concat('fewer than ', $gpus::integer, ' GPUs')
        end as reason,
        provider
    from offers
    union all
    select concat('held: ', status), provider
    from gpu_prices
    where family = $family and status in ('held', 'rejected')
)
select reason, count(*) as offers, string_agg(distinct provider, ', ' order by provider) as providers
from reasons
where reason is not null
group by reason
order by offers desc, reason
