-- model: mart_requests
-- grain: one row per request, asks that repeat it merged into it (request_id)
-- inputs: asks, accounts, items, features, workspace
-- columns:
--   request_id     varchar  ask that the others were merged into
--   title          varchar  its title, else its text
--   account_id     varchar  of that ask; null: nobody said
--   account_name   varchar  name of it
--   segment        varchar  of its account; '(no account)', '(no segment)' where unsaid
--   ask_count      bigint   asks that say it
--   asked_date     date     earliest of them
--   shipped_as     varchar  item or feature it is linked to by key; null: none
--   released_date  date     of that item or feature; null: not yet, or not said
--   lead_days      bigint   earliest ask to release; null: not shipped
--   left_out       varchar  null: counted; else the reason it is in no number
with recursive chains as (
    select
        ask_id,
        ask_id as request_id
    from asks
    union
    select
        chains.ask_id,
        asks.merged_into as request_id
    from chains
    inner join asks on chains.request_id = asks.ask_id
    inner join asks as kept_asks on asks.merged_into = kept_asks.ask_id
),

-- The end of the chain; of asks merged in a circle, the first by id
roots as (
    select
        chains.ask_id,
        coalesce(
            min(chains.request_id) filter (
                where asks.merged_into is null or parents.ask_id is null
            ),
            min(chains.request_id)
        ) as request_id
    from chains
    inner join asks on chains.request_id = asks.ask_id
    left join asks as parents on asks.merged_into = parents.ask_id
    group by chains.ask_id
),

merged as (
    select
        roots.request_id,
        count(*) as ask_count,
        min(asks.asked_date) as asked_date,
        coalesce(
            min(asks.item_key) filter (where asks.ask_id = roots.request_id),
            min(asks.item_key)
        ) as item_key
    from roots
    inner join asks on roots.ask_id = asks.ask_id
    group by roots.request_id
)

select
    merged.request_id,
    coalesce(asks.title, asks.text) as title,
    asks.account_id,
    accounts.name as account_name,
    case
        when asks.account_id is null then '(no account)'
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
        when accounts.is_excluded then 'internal, test or partner account'
        when merged.asked_date > workspace.as_of then 'dated after the as-of date'
        when coalesce(items.released_date, features.released_date) > workspace.as_of
            then 'dated after the as-of date'
    end as left_out
from merged
cross join workspace
inner join asks on merged.request_id = asks.ask_id
left join accounts on asks.account_id = accounts.account_id
left join items on merged.item_key = items.item_id
left join features on merged.item_key = features.feature_id
