-- Every chip that a training run or a price names is known to the dictionary, or is no accelerator.
-- severity: warn
select distinct names.printed, names.rule, names.reason
from meta.names as names
where names.accelerator_id is null
  and names.rule <> 'cpu'
  and names.printed in (
    select chip_name from core.training_runs
    union
    select chip_name from core.hardware_prices
    union
    select gpu_as_printed from core.gpu_prices
  )
order by all
