-- model: mart_deals
-- grain: one row per deal (deal_id)
-- inputs: deals, deal_stages, accounts, asks, mart_ask_requests, items, features, mart_fx_rates,
--   workspace
-- columns:
--   deal_id             varchar        key of deals
--   name                varchar        as the CRM export writes it
--   account_id          varchar        null: the export names no account
--   account_name        varchar        null: the export names no account
--   segment             varchar        of the account; '(no account)', '(no segment)' where unsaid
--   owner               varchar        sales person
--   product             varchar        thing sold
--   stage               varchar        open, qualified, won, lost, no_decision, disqualified
--   stage_label         varchar        as the export says
--   deal_type           varchar        new, expansion, renewal; null: not said
--   amount              decimal(18,2)  workspace currency; null: not said, or no exchange rate
--   own_amount          decimal(18,2)  as the export says
--   currency            varchar        ISO code of own_amount
--   constant_rate       decimal(18,8)  to workspace currency, the same for every date; null: none
--   created_date        date           created, or engaged where the export has no creation
--   closed_date         date           closed; expected close while open
--   qualified_date      date           first day in a qualified stage
--   last_activity_date  date           last touch
--   first_stage         varchar        first final stage of the stage history; null: none told
--   first_closed_date   date           day it entered that stage
--   cycle_days          bigint         days from creation to close; null while open or unknown
--   is_open             boolean        open or qualified
--   is_closed           boolean        any final stage
--   is_won              boolean        won
--   is_lost             boolean        lost, no decision, or disqualified after it was qualified
--   is_renewal          boolean        renewals are counted apart
--   has_unmet_blocker   boolean        an ask it could not close without was not released by then
--   is_rate_missing     boolean        has an amount in a currency without an exchange rate
--   left_out            varchar        null: counted; else the reason it is in no number
with unmet_blockers as (
    select distinct deals.deal_id
    from asks
    inner join mart_ask_requests on asks.ask_id = mart_ask_requests.ask_id
    inner join deals on asks.deal_id = deals.deal_id
    left join items on mart_ask_requests.item_key = items.item_id
    left join features on mart_ask_requests.item_key = features.feature_id
    where
        asks.is_blocker
        and coalesce(
            coalesce(items.released_date, features.released_date) > deals.closed_date,
            coalesce(items.released_date, features.released_date) is null
        )
),

first_outcomes as (
    select
        deal_stages.deal_id,
        -- Of two on one instant the one that flatters less: lost goes before won
        min_by(deal_stages.stage, (deal_stages.entered_at, deal_stages.stage)) as stage,
        cast(min(deal_stages.entered_at) as date) as closed_date
    from deal_stages
    cross join workspace
    where
        deal_stages.stage not in ('open', 'qualified')
        and cast(deal_stages.entered_at as date) <= workspace.as_of
    group by deal_stages.deal_id
)

select
    deals.deal_id,
    deals.name,
    deals.account_id,
    accounts.name as account_name,
    case
        when deals.account_id is null then '(no account)'
        else coalesce(accounts.segment, '(no segment)')
    end as segment,
    deals.owner,
    deals.product,
    deals.stage,
    deals.stage_label,
    deals.deal_type,
    cast(
        cast(deals.amount as decimal(28, 2)) * mart_fx_rates.rate as decimal(18, 2)
    ) as amount,
    deals.amount as own_amount,
    deals.currency,
    mart_fx_rates.rate as constant_rate,
    deals.created_date,
    deals.closed_date,
    deals.qualified_date,
    deals.last_activity_date,
    first_outcomes.stage as first_stage,
    first_outcomes.closed_date as first_closed_date,
    case
        when deals.stage not in ('open', 'qualified')
            then date_diff('day', deals.created_date, deals.closed_date)
    end as cycle_days,
    deals.stage in ('open', 'qualified') as is_open,
    deals.stage not in ('open', 'qualified') as is_closed,
    deals.stage = 'won' as is_won,
    -- A disqualified deal is a loss only if it was a real chance once
    deals.stage in ('lost', 'no_decision')
    or (deals.stage = 'disqualified' and deals.qualified_date is not null) as is_lost,
    coalesce(deals.deal_type = 'renewal', false) as is_renewal,
    unmet_blockers.deal_id is not null as has_unmet_blocker,
    deals.amount is not null and mart_fx_rates.rate is null as is_rate_missing,
    case
        when accounts.is_excluded then 'internal, test or partner account'
        when deals.created_date > workspace.as_of then 'dated after the as-of date'
        when
            deals.stage not in ('open', 'qualified') and deals.closed_date > workspace.as_of
            then 'dated after the as-of date'
    end as left_out
from deals
cross join workspace
left join accounts on deals.account_id = accounts.account_id
left join mart_fx_rates on deals.currency = mart_fx_rates.currency
left join unmet_blockers on deals.deal_id = unmet_blockers.deal_id
left join first_outcomes on deals.deal_id = first_outcomes.deal_id
