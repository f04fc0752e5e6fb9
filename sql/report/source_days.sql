-- What each source brought, month by month over the last two years on file.
select source, date_trunc('month', visited_on)::date as month, sum(loaded) as loaded, sum(unchanged) as unchanged, sum(failed) as failed,
    sum(facts) as facts, sum(quarantined) as quarantined
from source_visits
where visited_on > (select max(visited_on) from source_visits) - interval 24 month
group by source, month
order by source, month
