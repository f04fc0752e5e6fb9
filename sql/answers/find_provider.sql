-- Which providers does a person mean by a name: the one of that name or code, else those that have it in their names?
-- parameter name: name as typed
with named as (
    select distinct provider from gpu_price_history where not is_cross_check
    union
    select distinct value_text from assumptions where assumption = 'provider_alias' and lower(key) = lower($name)
),
ranked as (
    select
        provider,
        lower(provider) = lower($name)
        or provider in (
            select value_text from assumptions where assumption = 'provider_alias' and lower(key) = lower($name)
        ) as is_it
    from named
    where is_it or contains(lower(provider), lower($name))
)
select provider from ranked where is_it or not exists (from ranked where is_it) order by provider
