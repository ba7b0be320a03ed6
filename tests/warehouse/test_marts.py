"""Sweep over queries/marts: every header says what DuckDB reports. Needs no edit for a new mart."""

import json
import re
from datetime import date

import duckdb
import pytest

from common_ground.kpis.policies import choices
from common_ground.warehouse import models, schema
from tests.kpis.worlds import BUSY

PARAMETERS = {
    "as_of": date(2026, 6, 30),
    "window_start": date(2026, 4, 1),
    "window_end": date(2026, 7, 1),
    "goal_segments": [],
    "goal_amounts": [],
    "features": ["f1"],
    **{name: policy.default for name, policy in choices().items()},
}
MARTS = sorted(models.marts())


@pytest.fixture(scope="module")
def connection():
    """Every canonical table empty but the workspace, and every mart."""
    made = duckdb.connect()
    schema.create_canonical(made)
    made.execute(
        "insert into workspace (as_of, currency, fiscal_year_start_month, time_zone, "
        "activation_count, activation_within_days) values ('2026-06-30', 'USD', 1, 'UTC', 3, 14)"
    )
    schema.create_marts(made)
    return made


def plain(type_name) -> str:
    return str(type_name).lower().replace(" ", "")


@pytest.mark.parametrize("name", MARTS)
def test_columns_are_those_of_the_header(connection, name):
    model = models.marts()[name]
    relation = schema.run_mart(connection, name, PARAMETERS)
    found = list(zip(relation.columns, map(plain, relation.types), strict=True))
    assert found == [(column.name, plain(column.type)) for column in model.columns]


@pytest.mark.parametrize("name", MARTS)
def test_parameters_are_those_of_the_header(connection, name):
    model = models.marts()[name]
    (statement,) = connection.extract_statements(model.sql)
    assert set(statement.named_parameters) == set(model.params)
    assert set(model.params) <= PARAMETERS.keys()


@pytest.mark.parametrize("name", MARTS)
def test_inputs_are_those_of_the_header(connection, name):
    model = models.marts()[name]
    text = "\n".join(line for line in model.sql.splitlines() if not line.lstrip().startswith("--"))
    ((tree,),) = connection.execute("select json_serialize_sql($sql)", {"sql": text}).fetchall()
    parsed = json.loads(tree)
    assert not parsed["error"], parsed.get("error_message")
    tables, defined = set(), set()
    collect(parsed, tables, defined)
    assert tables - defined == set(model.inputs)


def collect(node, tables, defined):
    """Tables read and common table expressions defined anywhere in the tree."""
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            tables.add(node["table_name"])
        if "cte_map" in node:
            defined.update(entry["key"] for entry in node["cte_map"]["map"])
        for part in node.values():
            collect(part, tables, defined)
    elif isinstance(node, list):
        for part in node:
            collect(part, tables, defined)


@pytest.mark.parametrize("name", MARTS)
def test_empty_tables_make_no_rows_but_counts(connection, name):
    rows = schema.run_mart(connection, name, PARAMETERS).fetchall()
    # What is counted or named whatever is loaded: sizes, settings, the workspace's own currency
    always = {"mart_loaded", "mart_workspace", "mart_fx_rates", "mart_fx_years"}
    assert bool(rows) == (name in always)


def key_columns(model) -> list[str]:
    """Columns in the last brackets of the grain that are all columns of the mart."""
    names = {column.name for column in model.columns}
    for inside in reversed(re.findall(r"\(([^)]*)\)", model.grain)):
        found = [part.strip() for part in inside.split(",")]
        if set(found) <= names:
            return found
    return []


def test_every_grain_names_its_key():
    one_row = {"mart_workspace"}
    without = {name for name, model in models.marts().items() if not key_columns(model)}
    assert without <= one_row


@pytest.mark.parametrize("name", MARTS)
def test_rows_are_unique_on_the_grain(busy, name):
    model = models.marts()[name]
    key = key_columns(model)
    relation = schema.run_mart(busy, name, PARAMETERS)
    rows = relation.fetchall()
    places = [relation.columns.index(column) for column in key]
    found = [tuple(row[place] for place in places) for row in rows]
    assert len(found) == len(set(found)) if key else len(found) == 1
    assert found, "the busy world must reach every mart, or this test holds nothing"


@pytest.fixture(scope="module")
def busy():
    """A world with everything twice: accounts with many contracts, asks in chains and circles."""
    made = duckdb.connect()
    schema.create_canonical(made)
    made.execute(BUSY)
    schema.create_marts(made)
    return made
