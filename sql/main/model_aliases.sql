-- Every model name that a source printed, and the model that it means there, with the days on which it does.
--
-- grain: source, printed, printed_host, model_id, valid_from
-- unit: none
-- sources: meta.model_names (data/reference/models.csv, model_aliases.csv, model_hosts.csv)
-- column source: source that printed the name
-- column printed: name as printed
-- column printed_host: host printed beside it; empty where the page has no such field
-- column model_id: model of the registry, or composite:A+B of two that worked together
-- column family_id: family of the model; empty for a composite
-- column configuration: how it was run, as far as the name says; never part of the identity
-- column host: who serves it, by the name or the field beside it; none: its maker, or not said
-- column offer: terms that the name states, for instance free
-- column valid_from: first day on which the name means this model; 0001-01-01: always
-- column valid_to: last day on which it does; none: still, or always
-- column first_named_on: first day on which it was printed here
-- column last_named_on: last day on which it was printed here
-- column uses: scores, prices and claims under the name
-- column rule: registry (name and day of the registry), alias (a reviewed row) or composite
-- column citation: where that is said
select
    source,
    printed,
    coalesce(printed_host, '') as printed_host,
    model_id,
    coalesce(any_value(family_id), '') as family_id,
    any_value(configuration) as configuration,
    any_value(host) as host,
    any_value(offer) as offer,
    coalesce(valid_from, '0001-01-01'::date) as valid_from,
    any_value(valid_to) as valid_to,
    min(named_on) as first_named_on,
    max(named_on) as last_named_on,
    sum(uses)::bigint as uses,
    any_value(rule) as rule,
    any_value(citation) as citation
from meta.model_names
where model_id is not null
group by source, printed, coalesce(printed_host, ''), model_id, coalesce(valid_from, '0001-01-01'::date)
order by all
