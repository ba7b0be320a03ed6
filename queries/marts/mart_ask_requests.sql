-- model: mart_ask_requests
-- grain: one row per ask (ask_id): the request it is merged into
-- inputs: asks, accounts
-- columns:
--   ask_id       varchar  key of asks
--   request_id   varchar  ask that it was merged into, at the end of the chain; itself if none
--   item_key     varchar  item or feature the request names, in the ask it was merged into or else
--                         in any of its asks; null: none
--   is_excluded  boolean  of an internal, test or partner account: its words count nowhere
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

asks_of_requests as (
    select
        roots.ask_id,
        roots.request_id,
        asks.item_key,
        coalesce(accounts.is_excluded, false) as is_excluded
    from roots
    inner join asks on roots.ask_id = asks.ask_id
    left join accounts on asks.account_id = accounts.account_id
)

select
    ask_id,
    request_id,
    coalesce(
        min(item_key) filter (where ask_id = request_id and not is_excluded)
            over (partition by request_id),
        min(item_key) filter (where not is_excluded) over (partition by request_id)
    ) as item_key,
    is_excluded
from asks_of_requests
