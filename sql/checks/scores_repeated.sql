-- One run that stands on a board twice, under two names of the run.
--
-- severity: warn
select source, benchmark, printed, configuration, run_on, score, count(*) as copies
from core.scores
where is_current and run_on is not null
group by source, benchmark, printed, configuration, run_on, score, run_cost_usd
having count(*) > 1
order by all
