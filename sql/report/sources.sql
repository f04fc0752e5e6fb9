-- Every source with its licence and what of it is in force.
select source, publisher, url, licence, attribution, via, observed_at, facts, quarantined, disabled, last_error
from sources
order by source
