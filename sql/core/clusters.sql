-- Clusters and sites as the catalogues list them, in the newest visit of each.
--
-- grain: cluster_id
-- unit: chips, megawatts, USD of cost_price_year
-- sources: raw.clusters (Epoch's GPU clusters and data centers)
select
    format('{}-{}', source, row) as cluster_id,
    name, kind, owner, users, country, status, certainty, operational_on, chips, chip_count, h100_equivalents,
    power_megawatts, cost_usd, cost_price_year,
    coalesce(address, sources.url) as source_url,
    sources.title as source_title,
    clusters.row as source_row, clusters.source, clusters.observed_at
from raw.clusters as clusters
left join meta.sources as sources using (source)
order by cluster_id
