"""Small worlds in memory: canonical tables filled by hand, marts made, read like published data."""

from datetime import date
from itertools import groupby

import duckdb

from common_ground.warehouse import schema
from common_ground.warehouse.published import Data

AS_OF = date(2026, 6, 30)

# Worlds are too small for a second thread to help.
ALONE = {"threads": 1}

# What a row holds where a test says nothing.
DEFAULTS = {
    "workspace": {
        "as_of": AS_OF,
        "currency": "USD",
        "fiscal_year_start_month": 1,
        "time_zone": "UTC",
        "activation_event": None,
        "activation_count": 3,
        "activation_within_days": 14,
    },
    "accounts": {"is_in_crm": True, "is_excluded": False},
    "contracts": {"currency": "USD", "is_trial": False},
    "deals": {"currency": "USD", "stage": "open", "is_stage_mapped": True},
    "deal_stages": {},
    "churn_events": {},
    "features": {"is_value_event": True},
    "usage_daily": {"event_count": 1},
    "users": {"is_internal": False},
    "asks": {"source": "requests.csv", "side": "sales", "text": "a wish", "is_blocker": False},
    "items": {"status": "planned"},
    "surveys": {"respondent": ""},
    "targets": {"segment": ""},
    "fx_rates": {},
}


def world(workspace=None, **tables) -> Data:
    """The data of these rows, each table a list of dicts; missing columns take the default."""
    connection = duckdb.connect(config=ALONE)
    schema.create_canonical(connection)
    filled = {"workspace": [workspace or {}], **tables}
    for table, rows in filled.items():
        insert(connection, table, [completed(table, DEFAULTS[table] | row) for row in rows])
    schema.create_marts(connection)
    return Data(connection)


def completed(table, row):
    """The row with what a table cannot do without."""
    if table == "accounts":
        return {"name": row["account_id"]} | row
    if table == "features":
        return {"name": row["feature_id"]} | row
    if table == "items":
        return {"title": row["item_id"]} | row
    if table == "contracts":
        return {"monthly_amount": row["annual_amount"] / 12} | row
    return row


def insert(connection, table, rows):
    """Write rows in their order, those with the same columns by one statement."""
    for names, alike in groupby(rows, key=tuple):
        columns, places = ", ".join(names), ", ".join("?" for _ in names)
        statement = f"insert into {table} ({columns}) values ({places})"
        connection.executemany(statement, [list(row.values()) for row in alike])


def accounts(*names, **columns):
    return [{"account_id": name, **columns} for name in names]


def busy() -> Data:
    """The world of BUSY, read like published data."""
    connection = duckdb.connect(config=ALONE)
    schema.create_canonical(connection)
    connection.execute(BUSY)
    schema.create_marts(connection)
    return Data(connection)


# Everything at least twice: accounts with many contracts, asks in chains and circles.
BUSY = """
insert into workspace values ('2026-06-30', 'USD', 1, 'UTC', null, 2, 14);
insert into accounts (account_id, name, segment, is_in_crm, is_excluded)
select
    'a' || range, 'Account ' || range, ['Small', 'Large', null][range % 3 + 1], true, range = 7
from range(12);
insert into account_names (
    source, source_account, account_id, how, decided_by, naming, name, domain, country
)
select
    tool, 'a' || range, 'a' || range, if(tool = 'crm.csv', 'id', 'person'),
    if(tool = 'crm.csv', null, 'Ana'), 'Account ' || range || '; domain a' || range || '.com',
    'Account ' || range, 'a' || range || '.com', ['de', null][range % 2 + 1]
from range(12), (values ('crm.csv'), ('use.csv')) as tools (tool);
insert into account_verdicts values
('Account 1', 'Account 2', 'different', 'Ana', 'kept apart', ['a1'], ['a2']),
('Account 3', 'Account 9; id z', 'same', 'Ana', 'unknown', ['a3'], []);
insert into fx_rates values ('EUR', 2026, 1.1), ('EUR', 2025, 1.2), ('USD', 2026, 1);
insert into contracts (
    contract_id, account_id, start_date, end_date, annual_amount, monthly_amount, currency, plan,
    is_trial, status
)
select
    'c' || range, 'a' || (range % 9), date '2025-06-01' + 20 * cast(range as integer),
    case when range % 2 = 0 then date '2025-06-01' + cast(20 * range + 300 as integer) end,
    100 * range, 100 * range / 12.0, ['USD', 'EUR', 'XXX'][range % 3 + 1], 'Pro', range % 5 = 0,
    null
from range(30);
insert into deals (
    deal_id, account_id, stage, is_stage_mapped, deal_type, amount, currency, created_date,
    closed_date, last_activity_date
)
select
    'd' || range, case when range % 10 != 0 then 'a' || (range % 9) end,
    ['open', 'qualified', 'won', 'lost', 'no_decision', 'disqualified'][range % 6 + 1],
    true, ['new', 'expansion', 'renewal', null][range % 4 + 1], 10 * range, 'USD',
    date '2026-01-01' + cast(range as integer), date '2026-04-20' + cast(range as integer),
    date '2026-06-01'
from range(90);
insert into features (feature_id, name, area, event, plans, is_value_event)
select 'f' || range, 'Feature ' || range, 'Area', 'event ' || range,
    case when range = 2 then 'Pro, Team' end, range < 3
from range(4);
insert into users select 'u' || range, 'a' || (range % 9), null, false from range(20);
insert into usage_daily
select date '2026-05-20' + cast(range % 45 as integer), 'a' || (range % 9),
    case when range % 11 = 0 then '' else 'u' || (range % 20) end, 'f' || (range % 4), 1 + range % 3
from range(400);
insert into users select 'u4' || range, 'a' || (9 + range), null, false from range(2);
insert into usage_daily
select date '2026-05-21' + cast(range as integer), 'a' || (9 + range % 2), 'u4' || (range % 2),
    'f0', 2
from range(8);
insert into items (item_id, title, area, status, effort_low, effort_likely, effort_high,
    released_date)
select 'i' || range, 'Item ' || range, 'Area', 'released', 1, 2, 4, date '2026-05-01'
from range(5);
insert into item_rules values ('i1', 'i2', 'requires'), ('i1', 'i3', 'excludes');
insert into asks (
    ask_id, source, side, account_id, deal_id, text, is_blocker, asked_date, item_key, merged_into
)
select
    'k' || range, 'requests.csv', 'sales', 'a' || (range % 9), 'd' || range, 'wish', range % 2 = 0,
    date '2026-02-01' + cast(range as integer), 'i' || (range % 5),
    case
        when range in (3, 4) then 'k' || (7 - range)
        when range % 4 = 1 then 'k' || (range - 1)
        when range = 18 then 'gone'
    end
from range(20);
insert into surveys
select 'a' || (range % 3), ['', 'p1', 'p2'][range % 3 + 1], ['csat', 'nps'][range % 2 + 1],
    range % 5 + 1, date '2026-05-01' + cast(range as integer)
from range(40);
insert into targets values
    ('won_amount', '2026-Q2', '', 1000, null), ('won_amount', '2026-Q2', 'Small', 400, null),
    ('win_rate', '2026', '', 0.5, null);
"""
