-- Every dollar figure that somebody stated or listed, on the rung of its scope; our own and a catalogue's estimates per model left out.
select
    entry_id, rung, scope, scope_leaves_out, organisation, subject, usd_low, usd, usd_high, value, unit, per, usd_basis, magnitude,
    basis, claimant, dated_on, verified, source_title, source_url
from cost_ladder
where kind = 'money' and coalesce(usd, usd_low, usd_high) is not null and scope not in ('other_not_cost', 'unknown')
  and not regexp_matches(entry_id, '/(aicost|cottier_2024)/|-catalogue-')
order by rung, coalesce(usd, usd_low, usd_high), entry_id
