-- Which prices moved with the newest publish, of GPU-hours now and of tokens at a host?
-- parameter move: share by which a price must have moved, either way, for instance 0.2
with of_gpus as (
    select
        concat_ws(', ', key.accelerator_id, key.provider, key.pricing_type, nullif(key.commitment, 'none')) as what,
        'USD per GPU-hour' as per,
        try_cast(old_value as double) as before,
        try_cast(new_value as double) as now,
        cause_detail as source
    from (
        select
            *,
            try(from_json(row_key, '{"accelerator_id": "VARCHAR", "provider": "VARCHAR", "pricing_type": "VARCHAR",
                "commitment": "VARCHAR"}')) as key
        from changes
        where row_key <> '*'
    )
    where snapshot_id = (select snapshot_id from meta.snapshot)
      and table_name = 'gpu_price_now'
      and column_name = 'usd_per_gpu_hour'
      and cause in ('source', 'both')
),
prices as (
    select
        *,
        lag(blended_usd_per_mtok) over (
            partition by source, model_id, host, offer, input_kind, tier_from_tokens, configuration
            order by valid_from nulls first, event_id
        ) as blended_before
    from token_prices
),
of_tokens as (
    select
        concat_ws(', ', prices.model_id, prices.host, nullif(prices.offer, 'standard'),
            nullif(prices.input_kind, 'prompt'), 'three parts input to one output') as what,
        'USD per million tokens' as per,
        prices.blended_before as before,
        prices.blended_usd_per_mtok as now,
        prices.source
    from prices
    join changes
        on changes.table_name = 'token_prices'
        and changes.change = 'added'
        and changes.row_key <> '*'
        and try(changes.row_key ->> '$.event_id') = prices.event_id
    where changes.snapshot_id = (select snapshot_id from meta.snapshot)
      and changes.cause in ('source', 'both')
)
select what, per, before, now, now / before - 1 as change_share, source
from (from of_gpus union all from of_tokens)
where before > 0 and now > 0 and abs(now / before - 1) >= $move
order by abs(ln(now / before)) desc, what, per
