-- model: owners
-- grain: one row per sales person (owner)
select
    staged.owner,
    min(staged.manager) as manager,
    min(staged.region) as region
from staging.owners as staged
group by staged.owner
