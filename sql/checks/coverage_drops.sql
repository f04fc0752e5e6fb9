-- No source lists a fifth fewer offers of a provider than at its visit before.
-- severity: warn
select source, provider, offers_before, offers, last_seen
from provider_coverage
where offers_change_share < -(
    select central from core.assumptions where variant = 'aicost' and assumption = 'coverage_drop'
)
order by all
