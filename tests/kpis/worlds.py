"""Small worlds in memory: canonical tables filled by hand, marts made, read like published data."""

from datetime import date

import duckdb
import pandas as pd

from common_ground.warehouse import schema
from common_ground.warehouse.published import Data

AS_OF = date(2026, 6, 30)

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
    connection = duckdb.connect()
    schema.create_canonical(connection)
    filled = {"workspace": [workspace or {}], **tables}
    for table, rows in filled.items():
        for row in rows:
            insert(connection, table, DEFAULTS[table] | row)
    schema.create_marts(connection)
    return Data(connection)


def insert(connection, table, row):
    if table == "accounts":
        row = {"name": row["account_id"]} | row
    if table == "features":
        row = {"name": row["feature_id"]} | row
    if table == "items":
        row = {"title": row["item_id"]} | row
    if table == "contracts":
        row = {"monthly_amount": row["annual_amount"] / 12} | row
    columns = ", ".join(row)
    places = ", ".join("?" for _ in row)
    connection.execute(f"insert into {table} ({columns}) values ({places})", list(row.values()))


def accounts(*names, **columns):
    return [{"account_id": name, **columns} for name in names]


def frame(rows, columns):
    return pd.DataFrame(rows, columns=columns)
