-- check: deals__stage_not_mapped
-- severity: warn
-- label: Deals with a stage label that nobody mapped
-- says: They stay open without a probability. Say what the label means under [stages] in
--   decisions.toml.
select
    deals.deal_id,
    deals.stage_label
from deals
where not deals.is_stage_mapped
order by deals.stage_label, deals.deal_id
