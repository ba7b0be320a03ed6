-- model: mart_pqls
-- grain: one row per account that one person activated before it paid (account_id)
-- inputs: mart_account_starts, mart_deals
-- params: $as_of (date): last day counted
-- columns:
--   account_id    varchar  key of accounts
--   account_name  varchar  as the first export writes it
--   segment       varchar  of the account
--   pql_date      date     first day one person has met the activation criterion, used on two days
--   won_date      date     first deal won from that day on; null: none by the day
--   is_won        boolean  won within 90 days
--   is_too_young  boolean  its 90 days are not over yet
--   is_customer   boolean  paid, or had won a deal, by the day it was a PQL
--   left_out      varchar  null: counted; else the reason it is in no number
with deals_won as (
    select
        account_id,
        min(closed_date) as first_won_date
    from mart_deals
    where is_won and not is_renewal and left_out is null and closed_date <= $as_of
    group by account_id
)

select
    mart_account_starts.account_id,
    mart_account_starts.account_name,
    mart_account_starts.segment,
    mart_account_starts.pql_date,
    deals_won.first_won_date as won_date,
    coalesce(deals_won.first_won_date < mart_account_starts.pql_date + 90, false) as is_won,
    mart_account_starts.pql_date + 90 > $as_of + 1 as is_too_young,
    coalesce(mart_account_starts.first_paid_date <= mart_account_starts.pql_date, false)
    or coalesce(deals_won.first_won_date <= mart_account_starts.pql_date, false)
        as is_customer,
    mart_account_starts.left_out
from mart_account_starts
left join deals_won on mart_account_starts.account_id = deals_won.account_id
where mart_account_starts.pql_date <= $as_of
