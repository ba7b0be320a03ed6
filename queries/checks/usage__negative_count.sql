-- check: usage__negative_count
-- severity: fail
-- label: Usage rows with a number of uses below 0
-- says: They count as no use. Ask the tool what they mean.
select
    staged.source,
    staged.line,
    staged.event,
    staged.event_count
from staging.usage_events as staged
where staged.event_count < 0
order by staged.source, staged.line
