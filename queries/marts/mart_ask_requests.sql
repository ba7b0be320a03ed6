-- model: mart_ask_requests
-- grain: one row per ask (ask_id): the request it is merged into
-- inputs: asks, accounts
-- columns:
--   ask_id       varchar  key of asks
--   request_id   varchar  ask that it was merged into, at the end of the chain; itself if none
--   item_key     varchar  item or feature the request names, in the ask it was merged into or else
--                         in any of its asks; null: none
--   is_excluded  boolean  of an internal, test or partner account: its words count nowhere
with recursive merge_steps as (
    select
        asks.ask_id,
        asks.merged_into
    from asks
    inner join asks as kept_asks on asks.merged_into = kept_asks.ask_id
),

-- Every ask that an ask is merged into, directly or through others
chains as (
    select
        ask_id,
        merged_into as reached_id
    from merge_steps
    union
    select
        chains.ask_id,
        merge_steps.merged_into as reached_id
    from chains
    inner join merge_steps on chains.reached_id = merge_steps.ask_id
),

-- The end of the chain; of asks merged in a circle, the first by id
ends as (
    select
        chains.ask_id,
        min(chains.reached_id) as request_id
    from chains
    left join merge_steps on chains.reached_id = merge_steps.ask_id
    left join chains as circles
        on chains.reached_id = circles.ask_id and chains.reached_id = circles.reached_id
    where merge_steps.ask_id is null or circles.ask_id is not null
    group by chains.ask_id
),

roots as (
    select
        asks.ask_id,
        coalesce(ends.request_id, asks.ask_id) as request_id
    from asks
    left join ends on asks.ask_id = ends.ask_id
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
        min(item_key) filter (where not is_excluded) over (partition by request_id),
        -- Nobody else asked: it is left out, and told with what it became
        case
            when bool_and(is_excluded) over (partition by request_id)
                then min(item_key) over (partition by request_id)
        end
    ) as item_key,
    is_excluded
from asks_of_requests
