-- model: mart_deal_values
-- grain: one row per deal that counts (deal_id)
-- inputs: mart_deals, deals
-- columns:
--   deal_id       varchar        key of deals
--   account_id    varchar        account that would buy; null: the export names none
--   account_name  varchar        name of that account
--   segment       varchar        segment of that account; '(no account)', '(no segment)'
--   name          varchar        as the CRM says
--   stage         varchar        open, qualified, won, lost, no_decision or disqualified
--   stage_label   varchar        stage in the CRM's own words
--   deal_type     varchar        new, expansion or renewal; null: not said
--   amount        decimal(18,2)  workspace currency; null: not said, or no exchange rate
--   probability   decimal(9,6)   0..1, from the CRM; else by stage: open 0.2, qualified 0.5, won 1,
--                                lost 0; null where nobody mapped the stage label
--   owner         varchar        sales person named for the deal
--   created_date  date           day it was created
--   closed_date   date           day it closed; expected day while open
--   is_open       boolean        open or qualified
--   is_won        boolean        won
--   is_lost       boolean        lost, no decision, or disqualified after it was qualified
select
    mart_deals.deal_id,
    mart_deals.account_id,
    mart_deals.account_name,
    mart_deals.segment,
    mart_deals.name,
    mart_deals.stage,
    mart_deals.stage_label,
    mart_deals.deal_type,
    mart_deals.amount,
    cast(
        coalesce(
            deals.probability,
            case
                when not deals.is_stage_mapped then null
                when deals.stage = 'open' then 0.2
                when deals.stage = 'qualified' then 0.5
                when deals.stage = 'won' then 1
                else 0
            end
        ) as decimal(9, 6)
    ) as probability,
    mart_deals.owner,
    mart_deals.created_date,
    mart_deals.closed_date,
    mart_deals.is_open,
    mart_deals.is_won,
    mart_deals.is_lost
from mart_deals
inner join deals on mart_deals.deal_id = deals.deal_id
-- Deals of excluded accounts and deals from the future count nowhere
where mart_deals.left_out is null
