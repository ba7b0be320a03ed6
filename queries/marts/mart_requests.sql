-- model: mart_requests
-- grain: one row per request, asks that repeat it merged into it (request_id)
-- inputs: mart_ask_requests, asks, accounts, items, features, workspace
-- columns:
--   request_id     varchar  ask that the others were merged into
--   title          varchar  its title, else its text
--   account_id     varchar  of its earliest ask; null: nobody said
--   account_name   varchar  name of it
--   segment        varchar  of that account; '(no account)', '(no segment)' where unsaid
--   ask_count      bigint   asks that say it
--   asked_date     date     earliest of them
--   shipped_as     varchar  item or feature it is linked to by key; null: none
--   released_date  date     of that item or feature; null: not yet, or not said
--   lead_days      bigint   earliest ask to release; null: not shipped
--   left_out       varchar  null: counted; else the reason it is in no number
with merged as (
    select
        mart_ask_requests.request_id,
        mart_ask_requests.item_key,
        -- What internal accounts ask counts nowhere, unless nobody else asked
        bool_and(mart_ask_requests.is_excluded) as is_excluded,
        count(*) filter (where not mart_ask_requests.is_excluded) as ask_count,
        min(asks.asked_date) filter (where not mart_ask_requests.is_excluded) as asked_date,
        arg_min(
            asks.account_id, (coalesce(asks.asked_date, date '9999-01-01'), asks.ask_id)
        ) filter (
            where not mart_ask_requests.is_excluded and asks.account_id is not null
        ) as account_id
    from mart_ask_requests
    inner join asks on mart_ask_requests.ask_id = asks.ask_id
    group by mart_ask_requests.request_id, mart_ask_requests.item_key
)

select
    merged.request_id,
    coalesce(asks.title, asks.text) as title,
    merged.account_id,
    accounts.name as account_name,
    case
        when merged.account_id is null then '(no account)'
        else coalesce(accounts.segment, '(no segment)')
    end as segment,
    merged.ask_count,
    merged.asked_date,
    coalesce(items.title, features.name) as shipped_as,
    coalesce(items.released_date, features.released_date) as released_date,
    date_diff(
        'day', merged.asked_date, coalesce(items.released_date, features.released_date)
    ) as lead_days,
    case
        when merged.is_excluded then 'internal, test or partner account'
        when merged.asked_date > workspace.as_of then 'dated after the as-of date'
        when coalesce(items.released_date, features.released_date) > workspace.as_of
            then 'dated after the as-of date'
    end as left_out
from merged
cross join workspace
inner join asks on merged.request_id = asks.ask_id
left join accounts on merged.account_id = accounts.account_id
left join items on merged.item_key = items.item_id
left join features on merged.item_key = features.feature_id
