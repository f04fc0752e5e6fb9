-- Published shares of a laboratory's spending, by part.
--
-- grain: subject, in_year, of_what, part
-- unit: share, 0 to 1
-- sources: data/reference/spend_shares.csv
select
    subject, year::integer as in_year, of_what, part, share_low::double as share_low, share::double as share, share_high::double as share_high,
    basis, what, source_url
from reference.spend_shares
order by subject, in_year, of_what, part
