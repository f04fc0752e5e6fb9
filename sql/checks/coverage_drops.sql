-- No source lists a fifth fewer offers of a provider, or still fewer, than at its visit before.
-- severity: warn
select source, provider, offers_before, offers, last_seen
from provider_coverage
cross join (
    select central as share from core.assumptions where variant = 'aicost' and assumption = 'coverage_drop'
)
where offers <= round(offers_before * (1 - share), 9)
order by all
