-- Each method has the scope that its figures cover: buying a cluster is never a final run, and no scope is unknown.
-- severity: stop
select model_id, variant, method, scope, is_finetune
from training_costs
where (method = 'acquisition') <> (scope = 'hardware_capex')
   or scope not in ('final_run', 'post_training', 'training_total', 'hardware_capex')
   or (is_finetune and variant = 'aicost' and method in ('amortised', 'cloud') and scope <> 'post_training')
order by all
