-- model: asks
-- grain: one row per wish as it was said (ask_id)
create table asks (
    ask_id varchar primary key,
    source varchar not null, -- export file
    side varchar not null check (side in ('sales', 'product')), -- who brought it
    account_id varchar, -- null: nobody named one
    deal_id varchar,
    title varchar,
    text varchar not null, -- the words as they were said
    is_blocker boolean not null, -- the deal cannot close without it
    votes integer,
    asked_date date,
    asked_by varchar,
    status varchar, -- as the export says
    item_key varchar, -- explicit link to an item or feature
    merged_into varchar -- ask that this one repeats
);
