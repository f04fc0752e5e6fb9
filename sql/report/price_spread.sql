-- What a GPU-hour costs now at each provider, pricing types apart; bare lower bounds without a price are left out.
select
    family, provider, accelerator_id, pricing_type, commitment, low_usd_per_gpu_hour, usd_per_gpu_hour, high_usd_per_gpu_hour,
    offers, regions, is_gpu_only, last_seen, age_days, is_stale, flag, sources, source_url
from gpu_price_now
where family in ('H100', 'A100', 'H200', 'B200') and usd_per_gpu_hour is not null
order by family, pricing_type, commitment, usd_per_gpu_hour, provider, accelerator_id
