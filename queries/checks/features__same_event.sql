-- check: features__same_event
-- severity: fail
-- label: Usage events that several features share
-- says: The use counts for each of them. Give every feature an event of its own.
select
    features.event,
    count(*) as feature_count
from features
group by features.event
having count(*) > 1
order by features.event
