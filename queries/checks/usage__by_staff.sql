-- check: usage__by_staff
-- severity: warn
-- label: Staff and service users in the usage exports
-- says: Their use is left out of every number, as decided under staff_domains and service_users.
select
    people.person,
    people.known_account as account_id,
    sum(event_days.event_count) as event_count
from staging.usage_people as people
inner join staging.event_days as event_days on people.person_key = event_days.person_key
where people.is_internal
group by people.person, people.known_account
order by people.person, people.known_account
