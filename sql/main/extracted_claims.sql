-- What articles say, as the reader of prose found it: one row per claim, however many sites repeat it, and its standing.
--
-- grain: claim_id
-- unit: as in the column unit, nominal
-- sources: core.extracted_claims
-- column claim_id: name of the claim: the same figure for the same thing in the same scope has the same name
-- column status: new, confirmed, disputed or superseded
-- column status_from: review (a person decided), ledger (the very figure stands there already), page (which states another one now) or not reviewed
-- column kind: what is counted, as in reported_claims, and besides price_per_node_hour, price_per_gpu, price_other and tokens
-- column scope: what the figure covers by the words of the text alone; different scopes cannot stand side by side
-- column covers: that scope in plain words
-- column leaves_out: what a figure of that scope does not cover, or does not say
-- column hedge: exact, approx, at_least, at_most or range, as the first sighting bounds it
-- column value_low: lower end as printed, or of the interval of the hedge; NULL where unbounded below
-- column value: the figure as printed; NULL where only a bound or range was printed
-- column value_high: upper end as printed, or of the interval of the hedge; NULL where unbounded above
-- column unit: currency, GPU-hours, GPUs, days, tokens, or a currency per GPU-hour, node-hour or GPU
-- column per: what the amount is per, for instance day; NULL for a total
-- column is_vague: whether the text gives no number, only words such as tens of millions
-- column basis: of the ledger row that holds the figure: reported or estimated; unknown while nobody has looked who says it
-- column model_id: model in the catalogue; NULL where it is not one, or not there
-- column model_name: model the figure is about
-- column organisation: organisation the figure is about
-- column hardware: accelerator as printed
-- column claimed_on: day of the earliest page
-- column claimed_on_precision: how much of that day is known: day, month or year
-- column sightings: pages that state it, listed in claim_sightings
-- column source_url: the earliest of them
-- column first_seen_at: when we first read it (UTC)
-- column last_seen_at: when we last read it (UTC)
-- column ledger_claim_id: the row of reported_claims that holds it, where there is one
-- column superseded_by: the claim that took its place
-- column decided_on: day of the decision
-- column decided_by: who decided
-- column reason: why, in our words
select
    claim_id,
    status,
    status_from,
    kind,
    scope,
    covers,
    leaves_out,
    hedge,
    low as value_low,
    value,
    high as value_high,
    unit,
    per,
    is_vague,
    basis,
    model_id,
    model_name,
    organisation,
    hardware,
    claimed_on,
    claimed_on_precision,
    sightings,
    earliest_address as source_url,
    first_seen_at,
    last_seen_at,
    ledger_claim_id,
    superseded_by,
    decided_on,
    decided_by,
    reason
from core.extracted_claims
order by claim_id
