"""From staged rows to canonical tables, marts and checks, in one connection."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

import duckdb
import pyarrow as pa

from common_ground.errors import ExportError
from common_ground.exports.tables import RejectedLine
from common_ground.settings import QUERIES
from common_ground.warehouse import account_verdicts, models, schema
from common_ground.warehouse.account_verdicts import AccountVerdict
from common_ground.warehouse.decisions import Decisions
from common_ground.warehouse.receipts import Receipt

# Staged helpers and canonical tables in the order they read each other.
HELPERS_FIRST = ("usage_accounts", "account_refs", "account_groups")
LOADED = (
    "accounts", "owners", "products", "contracts", "deals", "deal_stages",
    "items", "item_rules", "asks", "surveys", "tickets", "churn_events", "targets", "fx_rates",
)  # fmt: skip
USAGE_HELPERS = ("usage_people", "event_days")
WITH_USAGE = ("features", "users", "usage_daily")
KEPT_ROW_FOR_ROW = ("contracts", "deals", "items", "asks", "tickets", "churn_events", "targets")
# A list of deals without creation dates still tells when deals were won or lost; the close date
# of an open one is a hope.
DEAL_DAY = """coalesce(created_date, last_activity_date, case when exists (
    select 1 from staging.labels where labels.source = deals.source and labels.label = deals.stage
    and labels.staged_column = 'stage' and labels.meaning in ('won', 'lost')
) then closed_date end)"""
DATED = {
    "accounts": "created_date", "contracts": "start_date", "deals": DEAL_DAY,
    "usage_events": "occurred_at", "items": "created_date", "asks": "asked_date",
    "surveys": "answered_date", "tickets": "opened_date", "churn_events": "churn_date",
}  # fmt: skip
VIOLATIONS_KEPT = 1000
USUAL_SHARE = 0.99  # of all days; what lies more than a year after them is no guide to today
CANNOT_BE_STORED = (
    duckdb.ConstraintException,
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
)


def latest_date(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The last day on which anything happened in the staged rows; None without any date.

    A few days of a table more than a year after nearly all others of it are slips of a hand.
    """
    parts = " union all ".join(
        f"select max(day) as last from (select cast({column} as date) as day, "  # noqa: S608
        f"quantile_disc(cast({column} as date), {USUAL_SHARE}) over () as usual "
        f"from staging.{table}) where day <= usual + interval 366 days"
        for table, column in DATED.items()
    )
    row = connection.execute(f"select max(last) from ({parts})").fetchone()  # noqa: S608
    return row[0] if row else None


def fill(
    connection: duckdb.DuckDBPyConnection,
    decisions: Decisions,
    as_of: date,
    receipts: Sequence[Receipt],
    accounts: Sequence[AccountVerdict] = (),
) -> None:
    """Create and fill every canonical table, mart, check result and the load register.

    Args:
        connection: with the files staged and repeats taken out.
        decisions: what a person said of the workspace.
        as_of: today for every number.
        receipts: one for each file.
        accounts: what people decided about accounts.
    """
    _say(connection, decisions)
    schema.create_canonical(connection)
    connection.execute(
        "insert into workspace values (?, ?, ?, ?, ?, ?, ?)",
        [
            as_of,
            decisions.currency,
            decisions.fiscal_year_starts,
            decisions.time_zone,
            decisions.activation_event,
            decisions.activation_count,
            decisions.activation_within_days,
        ],
    )
    for name in HELPERS_FIRST:
        connection.execute(f"create table staging.{name} as\n{_loading(name)}")
    _insert(connection, "account_names")
    account_verdicts.apply(connection, accounts)
    for name in LOADED:
        _insert(connection, name)
    for name in USAGE_HELPERS:
        connection.execute(f"create table staging.{name} as\n{_loading(name)}")
    for name in WITH_USAGE:
        _insert(connection, name)
    _reconcile(connection)
    # One commit instead of a hundred, since each waits for the disk
    connection.execute("begin")
    schema.create_marts(connection)
    _register(connection, receipts, as_of)
    _run_checks(connection, as_of)
    connection.execute("commit")


def exclusions_without_account(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Names under excluded_accounts that leave nobody out, in order."""
    found = connection.execute(
        "select excluded.account from staging.excluded as excluded where not exists ("
        "select 1 from accounts where accounts.account_id = excluded.account "
        "or normal_name(accounts.name) = normal_name(excluded.account)) order by 1"
    ).fetchall()
    return [str(name) for (name,) in found]


def _loading(name: str) -> str:
    return (QUERIES / "loading" / f"{name}.sql").read_text(encoding="utf-8")


def _insert(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    try:
        connection.execute(f"insert into {name} by name\n{_loading(name)}")
    except CANNOT_BE_STORED as error:
        reason = str(error).splitlines()[0]
        raise ExportError(
            f"The {name.replace('_', ' ')} of these exports cannot be stored together: {reason} "
            "Nothing was published. Correct that value in the export that holds it."
        ) from error


def _say(connection: duckdb.DuckDBPyConnection, decisions: Decisions) -> None:
    """Put the decisions where the loading selects read them."""
    lists = {
        "staff_domains": ("domain", decisions.staff_domains),
        "service_users": ("person", decisions.service_users),
        "value_events": ("event", decisions.value_events),
    }
    for table, (column, values) in lists.items():
        connection.execute(f"create table staging.{table} ({column} varchar)")
        for value in values:
            connection.execute(f"insert into staging.{table} values (?)", [value])  # noqa: S608
    connection.execute("create table staging.excluded (account varchar, reason varchar)")
    for account, reason in decisions.excluded_accounts.items():
        connection.execute("insert into staging.excluded values (?, ?)", [account, reason])
    if decisions.time_zone != "UTC":
        connection.execute(
            "update staging.usage_events set occurred_at = "
            "(occurred_at at time zone 'UTC') at time zone ? where source in (select source "
            # A file of plain days tells no instant that could be moved
            "from staging.usage_events where occurred_at != date_trunc('day', occurred_at))",
            [decisions.time_zone],
        )


def _reconcile(connection: duckdb.DuckDBPyConnection) -> None:
    """No row may be lost or doubled between the staged and the canonical tables."""
    for table in KEPT_ROW_FOR_ROW:
        counts = connection.execute(
            f"select (select count(*) from staging.{table}), (select count(*) from {table})"  # noqa: S608
        ).fetchone()
        assert counts is not None
        if counts[0] != counts[1]:
            raise ExportError(
                f"{counts[0]:,} rows of {table} were read, {counts[1]:,} arrived in the workspace. "
                "Nothing was published. Please report this as a bug."
            )


def _register(
    connection: duckdb.DuckDBPyConnection, receipts: Sequence[Receipt], as_of: date
) -> None:
    connection.execute(
        "create table loads (file varchar, sha256 varchar, dialect varchar, dialect_label varchar, "
        "canonical_table varchar, encoding varchar, lines bigint, loaded bigint, rejected bigint, "
        "other_lines bigint, other_kinds varchar, first_date date, last_date date, "
        "warnings varchar[], questions varchar[], unused_columns varchar[])"
    )
    connection.execute(
        "create table rejects (file varchar, line bigint, text varchar, reason varchar)"
    )
    connection.execute("create table asked (question varchar)")
    connection.execute("create table label_uses (label_use varchar)")
    for receipt in receipts:
        first, last = _span(connection, receipt, as_of)
        connection.execute(
            "insert into loads values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                receipt.file,
                receipt.sha256,
                receipt.dialect,
                receipt.dialect_label,
                receipt.table,
                receipt.encoding,
                receipt.lines,
                receipt.loaded,
                len(receipt.rejected),
                sum(receipt.other_lines.values()),
                ", ".join(f"{count:,} {kind}" for kind, count in receipt.other_lines.items()),
                first,
                last,
                list(receipt.warnings),
                [question.sentence for question in receipt.questions],
                list(receipt.unused_columns),
            ],
        )
        _keep_rejects(connection, receipt.file, receipt.rejected)
        for question in receipt.questions:
            connection.execute("insert into asked values (?)", [json.dumps(asdict(question))])
        for use in receipt.labels:
            connection.execute("insert into label_uses values (?)", [json.dumps(asdict(use))])


def _keep_rejects(
    connection: duckdb.DuckDBPyConnection, file: str, rejected: Sequence[RejectedLine]
) -> None:
    """Keep rejected lines with text and reason, all at once: there may be many."""
    if not rejected:
        return
    rows = {
        "line": pa.array([reject.line for reject in rejected], pa.int64()),
        "text": pa.array([reject.text for reject in rejected], pa.string()),
        "reason": pa.array([reject.reason for reject in rejected], pa.string()),
    }
    connection.register("rejected_lines", pa.table(rows))
    connection.execute(
        "insert into rejects select ?, line, text, reason from rejected_lines", [file]
    )
    connection.unregister("rejected_lines")


def _span(
    connection: duckdb.DuckDBPyConnection, receipt: Receipt, as_of: date
) -> tuple[date | None, date | None]:
    """First and last day a file tells of, up to the as-of date."""
    column = DATED.get(receipt.table)
    if column is None:
        return None, None
    row = connection.execute(
        f"select min(cast({column} as date)), max(cast({column} as date)) "  # noqa: S608
        f"from staging.{receipt.table} where source = ? and cast({column} as date) <= ?",
        [receipt.file, as_of],
    ).fetchone()
    return (row[0], row[1]) if row else (None, None)


def _run_checks(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    connection.execute(
        "create table check_results (check_name varchar, label varchar, severity varchar, "
        "violations bigint, sentence varchar)"
    )
    connection.execute(
        "create table check_violations (check_name varchar, place bigint, row varchar)"
    )
    for check in models.checks().values():
        found = connection.sql(check.sql, params={"as_of": as_of} if check.params else {})
        rows = found.fetchall()
        connection.execute(
            "insert into check_results values (?, ?, ?, ?, ?)",
            [check.name, check.label, check.severity, len(rows), check.says],
        )
        kept = [
            (check.name, place, json.dumps(dict(zip(found.columns, row, strict=True)), default=str))
            for place, row in enumerate(rows[:VIOLATIONS_KEPT])
        ]
        if kept:
            connection.executemany("insert into check_violations values (?, ?, ?)", kept)
