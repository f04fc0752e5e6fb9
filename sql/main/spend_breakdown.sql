-- Where a laboratory's money goes: shares that are published, and what is not known as a row of its own.
--
-- grain: subject, in_year, of_what, part
-- unit: share of what of_what names, 0 to 1
-- sources: data/reference/spend_shares.csv through core.spend_shares
-- column subject: company, or models
-- column in_year: year that the shares are of
-- column of_what: the whole: computing, research computing, development of the model, or all expenses
-- column part: final run, experiments, research and training, inference, staff, computing, chips, servers, interconnect, energy, or unknown
-- column share_low: lower end as published; of unknown what the others leave at most
-- column share: the share; NULL where only a bound or a range is published
-- column share_high: upper end as published
-- column basis: reported or estimated; derived for the rest
-- column what: what the share is made of
-- column source_url: where it stands
with known as (
    select *, coalesce(share_low, share, 0) as least, coalesce(share_high, share, share_low) as most from core.spend_shares
)
select subject, in_year, of_what, part, share_low, share, share_high, basis, what, source_url
from known
union all
select
    subject, in_year, of_what, 'unknown', greatest(0, 1 - sum(most)), case when count(share) = count(*) then greatest(0, 1 - sum(share)) end, greatest(0, 1 - sum(least)), 'derived',
    concat('what the published parts leave', case when of_what like '%computing' then '; staff and data are outside this whole and not published' else '' end),
    min(source_url)
from known
group by subject, in_year, of_what
order by subject, in_year, of_what, part
