-- Where the figures come from: every source with its licence, and what of it is in force in this snapshot.
--
-- grain: source
-- unit: none; times in UTC
-- sources: meta.sources, meta.visits, meta.issues
-- column source: name of the source: its file, its archive folder, its bundled file
-- column publisher: publisher
-- column title: title of the page
-- column sentence: what the publisher publishes
-- column url: address
-- column licence: licence or terms
-- column attribution: how to cite it
-- column robots: what robots.txt and terms say
-- column cadence: how often it is visited
-- column disabled: why it is not fetched, where it is not
-- column not_bundled: why no facts of it come with the project, where none do
-- column via: where the facts in force came from: fetch, ingest, bundled or reference
-- column observed_at: when the page in force was received, or the day the bundled facts stand for
-- column last_seen_at: when the page was last reached, changed or not
-- column last_attempt_at: when it was last tried
-- column last_outcome: how that ended: new, unchanged or failed
-- column last_error: why it failed
-- column visits: visits in force
-- column facts: facts in force
-- column quarantined: rows and cells of visits in force that were refused
-- column rejected_reason: why the newest page is not in force, where it is not
-- column problem_page: which page or file the rejection or failure is about, as far as known
-- column problem_likely: its likely cause
-- column problem_fix: what to do about it
with loaded as (
    select
        source,
        max_by(case when via = 'excerpt' then 'bundled' else via end, (observed_at, visit_id)) as via,
        max(observed_at) as observed_at,
        count(*) as visits,
        sum(facts)::bigint as facts
    from meta.visits
    where state = 'loaded'
    group by source
),
rejected as (
    select
        visits.source,
        max_by(
            {'reason': visits.reason, 'page': visits.page, 'likely': visits.likely, 'fix': visits.fix},
            (visits.observed_at, visits.visit_id)
        ) as said
    from meta.visits as visits
    left join loaded on loaded.source = visits.source
    where visits.state = 'rejected'
      and (loaded.observed_at is null or loaded.via = 'bundled' or visits.observed_at > loaded.observed_at)
    group by visits.source
),
refused as (
    select issues.source, count(*) as quarantined
    from meta.issues as issues
    join meta.visits as visits using (source, visit_id)
    where visits.state = 'loaded'
    group by issues.source
)
select
    sources.source,
    sources.publisher,
    sources.title,
    sources.sentence,
    sources.url,
    sources.licence,
    sources.attribution,
    sources.robots,
    sources.cadence,
    sources.disabled,
    sources.not_bundled,
    loaded.via,
    loaded.observed_at,
    sources.last_seen_at,
    sources.last_attempt_at,
    sources.last_outcome,
    sources.last_error,
    coalesce(loaded.visits, 0) as visits,
    coalesce(loaded.facts, 0) as facts,
    coalesce(refused.quarantined, 0) as quarantined,
    rejected.said.reason as rejected_reason,
    case when rejected.source is null then sources.last_error_page else rejected.said.page end as problem_page,
    case when rejected.source is null then sources.last_error_likely else rejected.said.likely end as problem_likely,
    case when rejected.source is null then sources.last_error_fix else rejected.said.fix end as problem_fix
from meta.sources as sources
left join loaded using (source)
left join rejected using (source)
left join refused using (source)
order by source
