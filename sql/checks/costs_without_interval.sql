-- Every cost lies inside its own 90 % interval, and both are finite and above zero.
-- severity: stop
select model_id, variant, method, cost_usd_low, cost_usd, cost_usd_high
from training_costs
where (
    cost_usd is not null
    and not coalesce(
        isfinite(cost_usd_low) and isfinite(cost_usd) and isfinite(cost_usd_high)
        and cost_usd_low > 0 and cost_usd_low <= cost_usd and cost_usd <= cost_usd_high,
        false
    )
)
or (cost_real_usd is not null and not coalesce(isfinite(cost_real_usd) and cost_real_usd > 0, false))
order by all
