-- Scores in one scale among scores in another: a share between percentages, or one model a hundred times apart.
--
-- severity: stop
with boards as (
    select *, median(score) over (partition by source, benchmark) as middle
    from core.scores where is_current and scale = 'percent'
),
twice as (
    select
        one.score_id, one.source, one.benchmark, one.printed, one.scale, one.score,
        concat(other.source, ' prints ', other.score, ' (', other.scale, ')') as beside
    from core.scores as one
    join core.scores as other
        on other.benchmark = one.benchmark and other.model_id = one.model_id and other.source > one.source
        and coalesce(other.named_configuration, '') = coalesce(one.named_configuration, '')
    where one.is_current and other.is_current and one.score_share > 0 and other.score_share > 0
      and greatest(one.score_share / other.score_share, other.score_share / one.score_share) between 50 and 200
)
select score_id, source, benchmark, printed, scale, score, concat('the middle of the board is ', middle) as beside
from boards where score > 0 and score <= 1 and middle > 10
union all
select * from twice
order by all
