-- model: users
-- grain: one row per person in the product (user_id)
select
    people.person as user_id,
    min(people.known_account) as account_id,
    min(people.user_email) as email,
    bool_or(people.is_internal) as is_internal
from staging.usage_people as people
where people.person != ''
group by people.person
