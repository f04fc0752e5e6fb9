-- Where two price catalogues print different prices for one model at one host on the same days.
--
-- grain: event_id, other_event_id
-- unit: USD per million tokens
-- sources: core.price_pairs
-- column model_id: registered model
-- column host: host
-- column is_first_party: whether the host is the model's maker
-- column kind: zero beside a price (a free preview, or unknown); tenfold; implausible (beyond the limit of plausible ratios); or differs
-- column from_on: first day on which both were in force
-- column to_on: last day on which both were in force; NULL: still
-- column source: one catalogue
-- column printed: the model's name there
-- column input_usd_per_mtok: its price of input; NULL: none, or zero
-- column output_usd_per_mtok: its price of output; NULL: none, or zero
-- column other_source: the other catalogue
-- column other_printed: the model's name there
-- column other_input_usd_per_mtok: its price of input; NULL: none, or zero
-- column other_output_usd_per_mtok: its price of output; NULL: none, or zero
-- column ratio: blended price of the one over that of the other
-- column is_ledger: whether the other one is our ledger, which goes before every catalogue
-- column event_id: the one price
-- column other_event_id: the other price
select
    model_id,
    host,
    is_first_party,
    case
        when is_about_zero then 'zero beside a price'
        when round(ratio, 1) = 10 or round(1 / ratio, 1) = 10 then 'tenfold'
        when not is_sane then 'implausible'
        else 'differs'
    end as kind,
    from_on,
    nullif(to_on, date '2100-01-01') as to_on,
    source,
    printed,
    input_usd_per_mtok,
    output_usd_per_mtok,
    other_source,
    other_printed,
    other_input_usd_per_mtok,
    other_output_usd_per_mtok,
    ratio,
    other_is_ledger as is_ledger,
    event_id,
    other_event_id
from core.price_pairs
-- each pair once; our ledger is always the other one
where not is_agreed and (other_is_ledger or (not is_ledger and source < other_source))
order by model_id, host, from_on, event_id, other_event_id
