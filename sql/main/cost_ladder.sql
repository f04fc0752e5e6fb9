-- Every figure on file for a model or organisation, rung by rung of its scope; nothing is summed or averaged.
--
-- grain: entry_id
-- unit: as in the column unit; usd columns place other currencies on the ladder and are in no cost
-- sources: core.claims, training_costs, core.clusters, core.company_spend, core.scopes, core.assumptions
-- column entry_id: figure: the claim, or where it is computed or listed
-- column rung: place of the scope on the ladder, from a training stage up to national programmes
-- column scope: what the figure covers
-- column scope_leaves_out: what a figure of that scope does not cover
-- column organisation: organisation the figure is about
-- column subject: what it is about, as printed
-- column model_id: model in the catalogue, as in training_costs; NULL where it is not one, or not there
-- column model_name: name of the model
-- column kind: money or gpu_count
-- column value_low: lower end: of the hedge, or of our 90 % interval; NULL where unbounded or not given
-- column value: the figure; NULL where only a bound or range was stated
-- column value_high: upper end
-- column unit: currency, or GPUs
-- column per: what the amount is per; NULL for a total
-- column usd_low: lower end in USD, with the range of the exchange rate
-- column usd: figure in USD
-- column usd_high: upper end in USD
-- column magnitude: thousand, million, billion or trillion of USD, by the figure or the bound that is given
-- column usd_basis: stated in USD, or converted for the ladder alone
-- column basis: reported, derived or estimated
-- column how: how it was bounded, or computed
-- column claimant: who states or computes it
-- column dated_on: day of the claim, of publication, or of the listing
-- column price_year: price year where stated
-- column source_title: title of the document
-- column source_url: address of the document
-- column quote_start: where on the page the figure stands; NULL for rows read by a person and for tables
-- column quote_end: where it ends
-- column verified: yes, secondary or no: whether it was read in that very document
-- column source: source, as in sources
with rates as (
    select key as currency, low, central, high from core.assumptions where variant = 'aicost' and assumption = 'usd_per_currency'
    union all
    select 'USD', 1, 1, 1
),
said as (
    select
        claim_id as entry_id, scope, organisation, subject, model_id, model_name, kind, low as value_low, value, high as value_high,
        unit, per, basis, hedge as how, claimant, claimed_on as dated_on, price_year, source_title, source_url, verified, source
    from core.claims
    where kind = 'money' or (kind = 'gpu_count' and scope = 'fleet')
),
computed as (
    select
        format('{}/{}/{}', model_id, variant, method) as entry_id, scope, organisation, model_name as subject, model_id, model_name,
        'money' as kind, cost_usd_low as value_low, cost_usd as value, cost_usd_high as value_high, 'USD' as unit, basis,
        recipe as how, case variant when 'aicost' then 'aicost' else 'method of Cottier et al. 2024' end as claimant,
        published_on as dated_on, year(published_on) as price_year, 'document that announced the model' as source_title,
        source_url, 'yes' as verified, source
    from training_costs
    where method <> 'reported' and cost_usd is not null
),
listed as (
    select
        cluster_id as entry_id, 'hardware_capex' as scope, owner as organisation,
        name as subject, 'money' as kind, cost_usd as value, 'USD' as unit, 'estimated' as basis,
        concat_ws('; ', case kind when 'site' then 'buildings and power too' else 'chips and servers' end, lower(status), lower(certainty)) as how,
        'Epoch AI' as claimant, coalesce(operational_on, observed_at::date) as dated_on, cost_price_year as price_year,
        source_title, source_url, 'yes' as verified, source
    from core.clusters
    where cost_usd is not null
    union all by name
    select
        concat(cluster_id, '-chips') as entry_id, 'fleet' as scope, owner as organisation, name as subject, 'gpu_count' as kind,
        coalesce(chip_count, h100_equivalents) as value, 'GPUs' as unit, 'estimated' as basis,
        concat_ws('; ', case when chip_count is null then 'H100 equivalents' else chips end, lower(status), lower(certainty)) as how,
        'Epoch AI' as claimant, coalesce(operational_on, observed_at::date) as dated_on, source_title, source_url,
        'yes' as verified, source
    from core.clusters
    where coalesce(chip_count, h100_equivalents) is not null
    union all by name
    select
        spend_id as entry_id,
        case when kind = 'funding' then 'funding' when rnd_compute_usd is not null then 'rnd_total'
            when inference_compute_usd is not null then 'inference' else 'company_investment' end as scope,
        company as organisation, name as subject, 'money' as kind, amount_usd as value, 'USD' as unit,
        case when period is not null then 'year' end as per, 'estimated' as basis,
        concat_ws('; ', covers, lower(status), lower(confidence)) as how, 'Epoch AI' as claimant,
        coalesce(period_on, reported_on) as dated_on, source_title, source_url, 'yes' as verified, source
    from core.company_spend
    where amount_usd is not null and not is_left_out
),
figures as (
    select * from said union all by name select * from computed union all by name select * from listed
),
placed as (
    select
        figures.*, figures.value_low * rates.low as usd_low, figures.value * rates.central as usd, figures.value_high * rates.high as usd_high,
        floor(log10(coalesce(usd, usd_low, usd_high)) / 3) as thousands,
        case when figures.kind = 'money' then case when rates.currency = 'USD' then 'stated in USD' else 'converted for the ladder' end end as usd_basis
    from figures
    left join rates on rates.currency = figures.unit and figures.kind = 'money'
)
select
    entry_id, rung, placed.scope, scopes.leaves_out as scope_leaves_out, organisation, subject, model_id, model_name, kind,
    value_low, value, value_high, unit, per, usd_low, usd, usd_high,
    case when thousands is not null then ['below a thousand', 'thousand', 'million', 'billion', 'trillion'][least(greatest(thousands, 0), 4)::integer + 1] end
        as magnitude,
    usd_basis, basis, how, claimant, dated_on, price_year, source_title, source_url,
    null::bigint as quote_start, null::bigint as quote_end, verified, source
from placed
join core.scopes as scopes on scopes.scope = placed.scope
order by rung, coalesce(usd, usd_low, usd_high), entry_id
