-- model: mart_segments
-- grain: one row per segment that accounts are in (segment)
-- inputs: accounts, deals
-- columns:
--   segment        varchar  as the export says; '(no segment)' where unsaid, '(no account)' for
--                           deals without one
--   account_count  bigint   accounts in it, those left out not counted
select
    coalesce(segment, '(no segment)') as segment,
    count(*) as account_count
from accounts
where not is_excluded
group by coalesce(segment, '(no segment)')
union all
select
    '(no account)' as segment,
    0 as account_count
from deals
where account_id is null
having count(*) > 0
