-- Every row, cell or page that was set aside, refused or held, with the rule it broke and what became of it.
--
-- grain: item_id
-- unit: none
-- sources: meta.issues, core.gpu_price_runs, core.gpu_price_rows, meta.decisions, core.unit_factors
-- column item_id: name of the item, for aicost quarantine show, release and reject
-- column state: set_aside (not loaded), kept (loaded without the field), held (a price that waits), released or rejected by a person
-- column source: source
-- column visit_id: visit; log where a line of the log itself cannot be read, terms of a page of terms
-- column page: address of the page, or the damaged file
-- column row: position on the page
-- column rule: rule it broke
-- column field: field
-- column raw_value: what was printed
-- column what: what is wrong
-- column kept: whether the row was loaded without the field
-- column seen_at: when it was first seen
-- column decision_reason: why a person released or rejected it
with hints as (
    select
        runs.item_id,
        concat('; ', case when runs.price > runs.jumped_from then 'x' else '/' end, units.factor::integer,
            ' is the factor between ', units.words, ': another unit?') as said
    from core.gpu_price_runs as runs
    join core.unit_factors as units
        on greatest(runs.price / runs.jumped_from, runs.jumped_from / runs.price)
        between units.factor_low and units.factor_high
    where runs.status <> 'accepted'
),
numbered as (
    select
        issues.*,
        row_number() over (partition by source, visit_id, page, "row", rule, field, raw_value order by what) as copy
    from meta.issues as issues
),
aside as (
    select
        left(md5(concat_ws('|', source, visit_id, page, coalesce("row", -1), rule, coalesce(field, ''),
            coalesce(raw_value, ''), copy)), 12) as item_id,
        numbered.*
    from numbered
),
held as (
    select
        runs.item_id, runs.status as state, runs.source, runs.visit_id,
        coalesce(pages.url, rows.source_url) as page, runs.source_row as "row", 'price_jump' as rule, 'price' as field,
        concat(runs.price, ' ', rows.currency, ' per ', rows.price_unit) as raw_value,
        concat(rows.provider, ' ', coalesce(rows.sku, rows.offer), coalesce(' in ' || rows.region, ''), ', ',
            rows.pricing_type, ': from ', coalesce(runs.jumped_from::varchar, 'no price'), ' to ', runs.price,
            case when runs.status = 'held' then concat(hints.said, '; unconfirmed change: the price before stays until this one is seen again hours later, or released') else '' end
        ) as what,
        false as kept, runs.first_seen_at as seen_at, runs.decision_reason
    from core.gpu_price_runs as runs
    join core.gpu_price_rows as rows
        on rows.offer_id = runs.offer_id and rows.visit_id = runs.visit_id
        and rows.page_number = runs.page_number and rows.source_row = runs.source_row
    left join (
        select source, visit_id, unnest(pages).url as url, generate_subscripts(pages, 1) - 1 as page_number
        from meta.visits
    ) as pages
        on pages.source = runs.source and pages.visit_id = runs.visit_id and pages.page_number = runs.page_number
    left join hints on hints.item_id = runs.item_id
    where runs.status <> 'accepted'
)
select
    aside.item_id,
    case when decisions.verdict = 'reject' then 'rejected' when decisions.verdict = 'release' then 'released'
        when aside.kept then 'kept' when aside.rule = 'batch_size' then 'held' else 'set_aside' end as state,
    aside.source, aside.visit_id, aside.page, aside."row", aside.rule, aside.field, aside.raw_value, aside.what,
    aside.kept, visits.observed_at as seen_at, decisions.reason as decision_reason
from aside
left join meta.visits as visits using (source, visit_id)
left join meta.decisions as decisions on decisions.item_id = aside.item_id
union all by name
select * from held
order by source, visit_id, "row", item_id
