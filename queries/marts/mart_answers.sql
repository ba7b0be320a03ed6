-- model: mart_answers
-- grain: one row per answer to a survey in a window (kind, answer_number)
-- inputs: surveys, accounts, workspace
-- params:
--   $window_start (date): first day
--   $window_end (date): first day after
-- columns:
--   kind           varchar       csat or nps
--   answer_number  bigint        1 is the earliest in the window
--   account_id     varchar       null: the export names no account
--   account_name   varchar       null: the export names no account
--   segment        varchar       of the account; '(no account)', '(no segment)' where unsaid
--   respondent     varchar       '' where the export names no person
--   score          decimal(9,2)  1 to 5 (csat), 0 to 10 (nps)
--   answered_date  date          day of the answer
--   is_last        boolean       last answer of the person in the window; unnamed answers all are
--   left_out       varchar       null: counted; else the reason it is in no number
select
    surveys.kind,
    row_number() over (
        partition by surveys.kind
        order by surveys.answered_date, surveys.account_id, surveys.respondent, surveys.score
    ) as answer_number,
    surveys.account_id,
    accounts.name as account_name,
    case
        when surveys.account_id is null then '(no account)'
        else coalesce(accounts.segment, '(no segment)')
    end as segment,
    surveys.respondent,
    surveys.score,
    surveys.answered_date,
    coalesce(surveys.respondent, '') = ''
    or row_number() over (
        partition by surveys.kind, surveys.respondent, surveys.account_id
        -- Two answers on one day: the lower one, so that no order of rows flatters
        order by surveys.answered_date desc, surveys.score asc
    ) = 1 as is_last,
    case
        when accounts.is_excluded then 'internal, test or partner account'
        when surveys.answered_date > workspace.as_of then 'dated after the as-of date'
        when surveys.kind = 'csat' and surveys.score not between 1 and 5
            then 'score not on the scale of 1 to 5'
        when surveys.kind = 'nps' and surveys.score not between 0 and 10
            then 'score not on the scale of 0 to 10'
    end as left_out
from surveys
cross join workspace
left join accounts on surveys.account_id = accounts.account_id
where
    (surveys.answered_date >= $window_start and surveys.answered_date < $window_end)
    or (surveys.answered_date > workspace.as_of and $window_end > workspace.as_of)
