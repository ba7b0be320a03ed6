-- model: mart_contracts_live
-- grain: one row per contract live on a day or starting later (contract_id)
-- inputs: mart_contracts
-- params: $as_of (date): the day
-- columns:
--   contract_id   varchar        key of contracts
--   account_id    varchar        key of accounts
--   account_name  varchar        as the first export writes it
--   segment       varchar        of the account
--   plan          varchar        as the export says
--   start_date    date           first day with service
--   end_date      date           first day without service; null: runs on
--   arr           decimal(18,2)  workspace currency, constant rate
--   mrr           decimal(18,6)  workspace currency, constant rate
--   is_live       boolean        has service on the day; false: signed, starts later
--   left_out      varchar        null: counted; else the reason it is in no number
select
    contract_id,
    account_id,
    account_name,
    segment,
    plan,
    start_date,
    end_date,
    arr,
    mrr,
    start_date <= $as_of as is_live,
    left_out
from mart_contracts
where end_date is null or end_date > $as_of
