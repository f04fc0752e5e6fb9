-- Which models does a person mean by a name, written with or without blanks, hyphens and capitals?
-- parameter name: name or id
select model_id, model_name, published_on
from runs
where model_id = $name
   or regexp_replace(lower(model_name), '[^a-z0-9.+]', '', 'g') = regexp_replace(lower($name), '[^a-z0-9.+]', '', 'g')
order by model_id = $name desc, published_on, model_id
