-- Which registered model, or at least which family, a row of the model catalogue is: training costs meet scores here.
--
-- grain: catalogue_model_id
-- unit: none
-- sources: core.models, meta.model_names; a name that covers several builds has a family and no model
select
    models.model_id as catalogue_model_id,
    names.model_id as registry_model_id,
    names.family_id,
    names.rule,
    names.reason,
    names.citation
from core.models as models
join meta.model_names as names
    on names.source = models.source
    and names.printed = models.name_as_printed
    and names.named_on is not distinct from models.published_on
where names.family_id is not null
order by catalogue_model_id
