-- The model whose published figures are compared: GPT-4 where figures of it are on file, else the model with most of them.
select model_id, model_name, count(*) filter (where is_stated) as stated
from cost_figures
group by model_id, model_name
having count(*) filter (where is_stated) > 1
order by model_name = 'GPT-4' desc, stated desc, model_id
limit 1
