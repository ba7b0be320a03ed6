-- model: mart_deals_open
-- grain: one row per deal that was open on a day (deal_id)
-- inputs: mart_deals
-- params: $as_of (date): the day
-- columns:
--   deal_id        varchar        key of deals
--   name           varchar        as the CRM export writes it
--   account_name   varchar        null: the export names no account
--   segment        varchar        of the account
--   owner          varchar        sales person
--   stage_label    varchar        as the export says, today
--   deal_type      varchar        new, expansion, renewal; null: not said
--   amount         decimal(18,2)  workspace currency; null: not said, or no exchange rate
--   created_date   date           null: not said
--   expected_date  date           expected close; for deals closed since, the close
--   is_past_due    boolean        the expected close has passed
--   is_renewal     boolean        renewals are counted apart
--   is_rate_missing  boolean      has an amount in a currency without an exchange rate
--   left_out       varchar        null: counted; else the reason it is in no number
select
    mart_deals.deal_id,
    mart_deals.name,
    mart_deals.account_name,
    mart_deals.segment,
    mart_deals.owner,
    mart_deals.stage_label,
    mart_deals.deal_type,
    mart_deals.amount,
    mart_deals.created_date,
    mart_deals.closed_date as expected_date,
    coalesce(mart_deals.is_open and mart_deals.closed_date < $as_of, false) as is_past_due,
    mart_deals.is_renewal,
    mart_deals.is_rate_missing,
    mart_deals.left_out
from mart_deals
where
    (mart_deals.is_open and coalesce(mart_deals.created_date <= $as_of, true))
    -- Closed since: open on the day only if it is known to have existed then
    or (
        mart_deals.is_closed
        and mart_deals.created_date <= $as_of
        and mart_deals.closed_date > $as_of
    )
    or (mart_deals.is_open and mart_deals.left_out = 'dated after the as-of date')
