-- Where each extracted claim was seen: the page, its day, and the place of the figure in the page as archived.
--
-- grain: claim_id, address
-- unit: as printed
-- sources: core.claim_sightings
-- column claim_id: the claim, as in extracted_claims
-- column address: address of the page
-- column title: title of the page
-- column published_on: day of the page, by itself or by our list
-- column published_on_precision: how much of that day is known: day, month or year
-- column printed: the figure as printed
-- column hedge: how this page bounds it
-- column hedge_cue: the words that bound it, where they stand outside the figure
-- column scope_cue: the words that decided the scope; NULL where only the kind of figure did
-- column model_from: where on the page the name of the model stands
-- column standing: what the page says of it: disputed, superseded, hypothetical, forecast, gloss
-- column mentions: how often the page states it
-- column starts_at: where it begins in the page as archived, in characters; NULL where we did not keep the page
-- column ends_at: where it ends
-- column first_seen_at: when we first read it there (UTC)
-- column last_seen_at: when we last read it there (UTC)
-- column visit_id: that visit, as in meta.visits, where the page's hash stands
-- column source: source, as in sources
select
    claim_id,
    address,
    title,
    published_on,
    published_on_precision,
    printed,
    hedge,
    hedge_cue,
    scope_cue,
    model_from,
    standing,
    mentions,
    starts_at,
    ends_at,
    first_seen_at,
    last_seen_at,
    visit_id,
    source
from core.claim_sightings
order by claim_id, address
