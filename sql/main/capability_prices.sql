-- Every price event of every scored model: from which day a score could be had at which list price, or at which run cost.
--
-- grain: benchmark, score_id, event_id
-- unit: USD per million tokens (basis list_price, three parts input, one part output), or USD per task (basis run_cost)
-- sources: core.scores, token_prices, core.run_prices
-- column benchmark: benchmark
-- column score_id: score, as in scores
-- column event_id: price, as in token_prices; run for a measured run cost
-- column basis: run_cost (measured, of the whole run over its tasks) or list_price (blended tokens)
-- column model: model as printed
-- column model_id: registered model; NULL for two models together
-- column configuration: how it was run
-- column is_reasoning: whether it reasons: its answers take many more tokens than a list price shows
-- column score: score in the scale of the benchmark
-- column score_share: score as a share; NULL for an index
-- column score_low: lower end of the score's 90 % interval, in the scale of the benchmark
-- column score_high: upper end of the score's 90 % interval, in the scale of the benchmark
-- column tasks: number of tasks
-- column from_on: first day on which model and price were both there
-- column from_basis: run, announced, release (first seen in a catalogue soon after it) or first seen
-- column to_on: day from which the price no longer held, or the catalogue had dropped it for half a year; NULL: still
-- column usd: price
-- column usd_low: least price that agreeing or disputing catalogues allow
-- column usd_high: highest such price
-- column unit: USD per task or USD per million tokens
-- column total_usd: cost of the whole run, for run_cost
-- column host: host of the price
-- column confidence: reported for a run cost; else as in token_prices
-- column score_source: source of the score
-- column price_source: catalogue
-- column source_url: address of the price
with limits as (
    select
        (max(central) filter (where assumption = 'price_first_seen_days'))::integer as days,
        (max(central) filter (where assumption = 'price_last_seen_days'))::integer as days_after
    from core.assumptions where variant = 'aicost'
),
able as (
    select scores.*, scores.score_share is null and scores.scale <> 'index' as is_unscaled
    from scores
    where is_current and not is_mirror
),
-- the maker's price; where no catalogue has one, the hosts' prices
prices as (
    select
        *,
        -- a price first seen soon after the release is taken as the price at release, and never further back
        min(first_seen_on) over (partition by model_id, host, source) as first_of_all
    from token_prices
    where offer = 'standard' and input_kind = 'prompt' and tier_from_tokens = 0
      and blended_usd_per_mtok is not null and confidence not in ('free', 'implausible')
      and (is_first_party or confidence = 'confirmed')
    -- our ledger goes before every catalogue; a host's price counts where no catalogue has the maker's
    qualify (is_first_party or not bool_or(is_first_party) over (partition by model_id))
        and (
            confidence = 'ledger'
            or not (
                bool_or(confidence = 'ledger' and configuration is null) over (partition by model_id, host)
                or bool_or(confidence = 'ledger') over (partition by model_id, host, configuration)
            )
        )
),
listed as (
    select
        able.*,
        prices.event_id,
        prices.blended_usd_per_mtok as usd,
        prices.host,
        prices.confidence,
        -- a model that the newest visit no longer lists is taken as served for half a year more
        coalesce(prices.valid_to, case
            when prices.date_basis = 'first_seen' and prices.last_seen_on < newest.last_on
                then prices.last_seen_on + limits.days_after
        end) as to_on,
        prices.source as price_source,
        prices.source_url as price_url,
        coalesce(registered.released_on, able.released_on) as known_on,
        case
            when prices.date_basis = 'announced' then coalesce(prices.valid_from, registered.released_on, able.released_on)
            when prices.first_seen_on = prices.first_of_all
                and coalesce(registered.released_on, able.released_on) >= prices.first_seen_on - limits.days
                then coalesce(registered.released_on, able.released_on)
            else prices.valid_from
        end as price_on,
        case
            when prices.date_basis = 'announced' then 'announced'
            when prices.first_seen_on = prices.first_of_all
                and coalesce(registered.released_on, able.released_on) >= prices.first_seen_on - limits.days then 'release'
            else 'first seen'
        end as from_basis
    from able
    join core.registry as registered using (model_id)
    join prices on prices.model_id = able.model_id
        and (prices.configuration is null or contains(able.configuration, prices.configuration))
    join (select source, max(last_seen_on) as last_on from token_prices group by source) as newest
        on newest.source = prices.source
    cross join limits
    where not able.is_composite
)
select
    benchmark, score_id, 'run' as event_id, 'run_cost' as basis, model, model_id, configuration, is_reasoning,
    score, score_share, score_low, score_high, tasks,
    coalesce(run_on, released_on, observed_on) as from_on,
    case when run_on is not null then 'run' when released_on is not null then 'release' else 'first seen' end as from_basis,
    null::date as to_on,
    run_cost_usd / tasks as usd, run_cost_usd / tasks as usd_low, run_cost_usd / tasks as usd_high,
    'USD per task' as unit, run_cost_usd as total_usd,
    null::varchar as host, 'reported' as confidence, source as score_source, source as price_source, source_url
from able
where run_cost_usd is not null and tasks is not null
union all
select
    benchmark, score_id, event_id, 'list_price', model, model_id, configuration, is_reasoning,
    score, score_share, score_low, score_high, tasks,
    greatest(price_on, coalesce(known_on, price_on)), from_basis, to_on,
    usd,
    min(usd) over same_days, max(usd) over same_days,
    'USD per million tokens', null, host, confidence, source, price_source, price_url
from listed
where price_on is not null and not is_unscaled
window same_days as (partition by score_id, host, greatest(price_on, coalesce(known_on, price_on)))
order by all
