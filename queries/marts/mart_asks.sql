-- model: mart_asks
-- grain: one row per wish as it was said (ask_id), wishes of excluded accounts left out
-- inputs: asks, deals, accounts
-- columns:
--   ask_id        varchar  key of asks
--   source        varchar  export file
--   side          varchar  sales or product: who brought it
--   account_id    varchar  as the export says, else the account of its deal; null: nobody said
--   account_name  varchar  name of that account
--   segment       varchar  of that account; '(no account)', '(no segment)' where unsaid
--   deal_id       varchar  deal it was said in; null: none named
--   title         varchar  as the export says
--   text          varchar  the words as they were said
--   is_blocker    boolean  the deal cannot close without it
--   votes         integer  as the export says
--   asked_date    date     day it was said
--   asked_by      varchar  who said it
--   item_key      varchar  explicit link to an item or feature
--   merged_into   varchar  ask that this one repeats
select
    asks.ask_id,
    asks.source,
    asks.side,
    coalesce(asks.account_id, deals.account_id) as account_id,
    accounts.name as account_name,
    case
        when coalesce(asks.account_id, deals.account_id) is null then '(no account)'
        else coalesce(accounts.segment, '(no segment)')
    end as segment,
    asks.deal_id,
    asks.title,
    asks.text,
    asks.is_blocker,
    asks.votes,
    asks.asked_date,
    asks.asked_by,
    asks.item_key,
    asks.merged_into
from asks
left join deals on asks.deal_id = deals.deal_id
left join accounts on coalesce(asks.account_id, deals.account_id) = accounts.account_id
-- A wish of nobody is kept: it counts as an ask, with no money behind it.
where coalesce(not accounts.is_excluded, true)
