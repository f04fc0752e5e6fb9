-- What each scope covers and leaves out, in the order of the ladder.
--
-- grain: scope
-- unit: none
-- sources: data/reference/scopes.csv
select scope, rung::integer as rung, covers, leaves_out
from reference.scopes
order by rung
