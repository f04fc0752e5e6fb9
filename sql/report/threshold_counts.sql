-- How many models lie above each threshold, below it, across it, or cannot be told.
select threshold, any_value(threshold_value) as threshold_value, unit, any_value(law) as law, status, count(*) as models
from threshold_status
group by threshold, unit, status
order by unit desc, threshold_value, status
