-- A model that was scored before it was released: another model under the same name, or a wrong day.
--
-- severity: warn
select
    scores.source, scores.benchmark, scores.printed, scores.model_id, scores.run_on,
    registered.released_on as registered_on, scores.released_on as printed_on
from core.scores as scores
left join core.registry as registered using (model_id)
-- a day for time zones
where scores.run_on + 1 < coalesce(registered.released_on, scores.released_on)
order by all
