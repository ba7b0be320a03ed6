-- check: usage__id_repeated
-- severity: fail
-- label: Usage ids that stand on more than one event
-- says: Events that agree in every column were counted once; those that differ were counted each.
--   Ask the tool for unique ids.
select
    staged.event_id,
    count(*) as row_count,
    min(staged.line) as first_line,
    max(staged.line) as last_line
from staging.usage_events as staged
where staged.event_id in (select repeated.event_id from staging.repeated_events as repeated)
group by staged.event_id
having count(*) > 1
order by staged.event_id
