-- model: surveys
-- grain: one row per answer
select
    account_names.account_id,
    coalesce(staged.respondent, '') as respondent,
    labels.meaning as kind,
    staged.score,
    staged.answered_date
from staging.surveys as staged
inner join staging.labels as labels
    on
        staged.source = labels.source
        and labels.staged_column = 'kind'
        and staged.kind = labels.label
        and labels.meaning is not null
left join account_names
    on
        staged.source = account_names.source
        and coalesce(staged.account_id, staged.account_name, staged.account_domain)
        = account_names.source_account
where staged.score is not null
