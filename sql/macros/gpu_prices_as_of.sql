-- The prices in force at the end of a day, as far as is known today: from gpu_prices_as_of(date '2025-06-30').
--
-- parameters: day
-- sources: gpu_price_history
select
    * exclude (status),
    date_diff('day', least(last_seen::date, day), day) as days_since_seen
from gpu_price_history
where valid_from::date <= day
  and (valid_to is null or valid_to::date > day)
  and not is_cross_check
order by family, accelerator_id, provider, pricing_type, commitment, usd_per_gpu_hour
