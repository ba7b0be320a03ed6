-- check: tickets__before_signup
-- severity: fail
-- label: Support tickets dated before the account signed up
-- says: They are counted on their day. Check the sign-up dates.
select
    tickets.ticket_id,
    tickets.account_id,
    tickets.opened_date,
    accounts.created_date as signup_date
from tickets
inner join accounts on tickets.account_id = accounts.account_id
where tickets.opened_date < accounts.created_date
order by tickets.ticket_id
