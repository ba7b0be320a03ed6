-- model: account_verdicts
-- grain: one row per pair of accounts that a person decided (from_naming, to_naming)
create table account_verdicts (
    from_naming varchar not null, -- as in account_names when it was decided
    to_naming varchar not null,
    verdict varchar not null check (verdict in ('same', 'related', 'different', 'unsure')),
    decided_by varchar not null,
    outcome varchar not null check (
        outcome in ('linked', 'kept apart', 'noted', 'unknown', 'unclear', 'contradicted')
    ), -- what this build made of it; unknown: no export names one of them, unclear: one of them
    -- may be several accounts, contradicted: another verdict keeps the two apart
    from_account_ids varchar[] not null, -- accounts it is now: one; several where that is unclear
    to_account_ids varchar[] not null,
    primary key (from_naming, to_naming)
);
