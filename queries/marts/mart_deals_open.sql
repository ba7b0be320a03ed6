-- model: mart_deals_open
-- grain: one row per deal that was open on a day (deal_id)
-- inputs: mart_deals, mart_fx_years
-- params:
--   $as_of (date): the day
--   $currency (varchar): constant; floating takes the rate of the day's fiscal year
-- columns:
--   deal_id        varchar        key of deals
--   name           varchar        as the CRM export writes it
--   account_id     varchar        null: the export names no account
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
with open_deals as (
    select
        mart_deals.*,
        case
            when $currency = 'floating' then mart_fx_years.rate else mart_deals.constant_rate
        end as rate
    from mart_deals
    left join mart_fx_years
        on
            mart_deals.currency = mart_fx_years.currency
            and $as_of >= mart_fx_years.first_day
            and $as_of < mart_fx_years.end_day
    where
        (mart_deals.is_open and coalesce(mart_deals.created_date <= $as_of, true))
        -- Closed since: open on the day only if it is known to have existed then
        or (
            mart_deals.is_closed
            and mart_deals.created_date <= $as_of
            and mart_deals.closed_date > $as_of
        )
        or (mart_deals.is_open and mart_deals.left_out = 'dated after the as-of date')
)

select
    deal_id,
    name,
    account_id,
    account_name,
    segment,
    owner,
    stage_label,
    deal_type,
    cast(cast(own_amount as decimal(28, 2)) * rate as decimal(18, 2)) as amount,
    created_date,
    closed_date as expected_date,
    coalesce(is_open and closed_date < $as_of, false) as is_past_due,
    is_renewal,
    own_amount is not null and rate is null as is_rate_missing,
    left_out
from open_deals
