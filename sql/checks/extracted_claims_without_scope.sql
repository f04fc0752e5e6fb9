-- Every extracted claim says in plain words what it covers, has an interval or a bound, a source and a standing.
-- severity: stop
select claim_id, scope, status, source_url
from extracted_claims
where covers is null or leaves_out is null or source_url is null or sightings < 1
   or coalesce(value_low, value, value_high) is null
   or status not in ('new', 'confirmed', 'disputed', 'superseded')
order by all
