-- Every registered model: one row a build; base, instruct and later builds of one pre-training share a family.
--
-- grain: model_id
-- unit: none
-- sources: data/reference/models.csv
select
    model_id,
    split_part(model_id, '/', 1) as organisation,
    split_part(split_part(model_id, '/', 2), '@', 1) as model,
    nullif(split_part(model_id, '@', 2), '') as snapshot,
    released_on::date as released_on,
    coalesce(family_id, split_part(model_id, '@', 1)) as family_id,
    citation
from reference.models
order by model_id
