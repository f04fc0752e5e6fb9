-- What share of a laboratory's money goes into final runs, experiments, inference and staff, as far as published?
-- parameter about: laboratory, or a part of its name; NULL: all
select subject, in_year as as_of, of_what as scope, part, share_low as value_low, share as value, share_high as value_high, 'share' as unit, basis, what, source_url
from spend_breakdown
where $about is null or contains(lower(subject), lower($about))
order by subject, in_year, of_what, part = 'unknown', value desc nulls last, part
