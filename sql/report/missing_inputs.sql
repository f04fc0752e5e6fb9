-- Why models have no estimate of what renting their final run cost: the inputs that nobody published.
select coalesce(missing_reason, 'none: an estimate is on file') as missing, count(*) as models
from training_costs
where variant = 'aicost' and method = 'cloud'
group by missing_reason
order by missing_reason is not null, models desc, missing
