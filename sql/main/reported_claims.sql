-- What was said: every published figure with what it covers, who said it, when and where. Nothing here is averaged.
--
-- grain: claim_id
-- unit: as in the column unit, nominal unless price_year says otherwise
-- sources: core.claims (our cited ledger and the catalogue's own cost column)
-- column claim_id: stable name of the claim
-- column subject: what the figure is about, as printed
-- column subject_kind: model, model_family, organisation, cluster, programme, market or other
-- column model_id: model in the catalogue, as in training_costs; NULL where it is not one, or not there
-- column model_name: name of the model
-- column organisation: organisation the figure is about
-- column claimant: who states it
-- column kind: money, gpu_hours, gpu_count, price_per_gpu_hour or duration_days
-- column scope: what the figure covers; figures of different scopes cannot stand side by side as one thing
-- column scope_note: what it covers and leaves out, in our words
-- column stage: stage of training, where stated
-- column hedge: exact, approx, at_least, at_most or range, as the claimant bounded it
-- column value_low: lower end as stated, or of the interval of the hedge; NULL where unbounded below
-- column value: the figure as stated; NULL where only a bound or range was stated
-- column value_high: upper end as stated, or of the interval of the hedge; NULL where unbounded above
-- column unit: currency, GPU-hours, GPUs, USD/GPU-hour or days
-- column per: what the amount is per, for instance day; NULL for a total
-- column price_year: price year where stated
-- column hardware: accelerator as printed
-- column basis: reported by the organisation itself, or estimated by someone else
-- column claimed_on: day of the claim
-- column claimed_on_precision: how much of that day is known: day, month or year
-- column source_title: title of the document
-- column source_url: address of the document, the primary source wherever known
-- column source_kind: primary, secondary or mirror
-- column verified: yes: read in that document; secondary: read in another that repeats it; no: not read
-- column seen_at: where it was read, when not at the address
-- column group_id: claims of one computation share it
-- column disputed: whether the claimant or others took it back
-- column note: what a reader must know besides
-- column source: source the row comes from, as in sources
select
    claim_id,
    subject,
    subject_kind,
    model_id,
    model_name,
    organisation,
    claimant,
    kind,
    scope,
    scope_note,
    stage,
    hedge,
    low as value_low,
    value,
    high as value_high,
    unit,
    per,
    price_year,
    hardware,
    basis,
    claimed_on,
    claimed_on_precision,
    source_title,
    source_url,
    source_kind,
    verified,
    seen_at,
    group_id,
    disputed,
    note,
    source
from core.claims
order by claim_id
