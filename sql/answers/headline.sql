-- What DeepSeek's "$6 million" covers, and how it compares: like with like first, other scopes apart.
with claims as (
    select
        case
            when claim_id = 'deepseek-r1-press-6m' then 1
            when claim_id = 'deepseek-v3-final-run-usd' then 2
            when claim_id = 'deepseek-r1-post-training-usd' then 3
            else 5
        end as part,
        scope,
        subject,
        concat(claimant, ' says so', case when claim_id = 'deepseek-r1-press-6m' then '; scope not stated there' else '' end) as how,
        value_low, value, value_high, unit, basis, claimed_on as dated_on,
        coalesce(source_url, seen_at) as source
    from reported_claims
    where claim_id in (
        'deepseek-r1-press-6m', 'deepseek-v3-final-run-usd', 'deepseek-r1-post-training-usd',
        'deepseek-server-capex-1-6b', 'stargate-500b', 'france-ai-109b-eur', 'openai-2024-rnd-compute-5b'
    )
),
estimates as (
    select
        4 as part, scope, model_name as subject,
        concat(method, ', ', variant, '; hours ', chip_hours_basis) as how,
        cost_usd_low, cost_usd, cost_usd_high, 'USD' as unit, basis, published_on, source_url
    from training_costs
    where variant = 'aicost' and method = 'cloud' and scope = 'final_run'
      and (
        model_name in ('DeepSeek-V3', 'Llama 3.1-405B', 'Gemini 1.0 Ultra', 'GPT-4', 'GPT-4 (Mar 2023)')
        or model_name in ('Grok-3', 'Grok 3')
      )
)
select part, scope, subject, how, value_low, value, value_high, unit, basis, dated_on, source
from (select * from claims union all select * from estimates)
order by part, coalesce(value, value_low), subject
