-- model: mart_account_verdicts
-- grain: one row per pair of accounts that a person decided (from_naming, to_naming)
-- inputs: account_verdicts
-- columns:
--   from_naming       varchar    name, domain, country and id in words, as it was when decided
--   to_naming         varchar    the other one
--   verdict           varchar    same, related, different or unsure
--   decided_by        varchar    person
--   outcome           varchar    linked, kept apart, noted; unknown: no export names one of them;
--                                unclear: one of them may be several accounts; contradicted:
--                                another verdict keeps the two apart
--   from_account_ids  varchar[]  accounts it is now: one; none or several where that is not clear
--   to_account_ids    varchar[]  accounts the other one is now
select
    account_verdicts.from_naming,
    account_verdicts.to_naming,
    account_verdicts.verdict,
    account_verdicts.decided_by,
    account_verdicts.outcome,
    account_verdicts.from_account_ids,
    account_verdicts.to_account_ids
from account_verdicts
