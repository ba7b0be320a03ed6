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
with answers as (
    select
        surveys.*,
        accounts.name as account_name,
        case
            when surveys.account_id is null then '(no account)'
            else coalesce(accounts.segment, '(no segment)')
        end as segment,
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
)

select
    kind,
    row_number() over (
        partition by kind
        order by answered_date, account_id, respondent, score
    ) as answer_number,
    account_id,
    account_name,
    segment,
    respondent,
    score,
    answered_date,
    coalesce(respondent, '') = ''
    or row_number() over (
        -- An answer that is left out does not take the place of one that counts
        partition by kind, respondent, account_id, left_out
        -- Two answers on one day: the lower one, so that no order of rows flatters
        order by answered_date desc, score asc
    ) = 1 as is_last,
    left_out
from answers
