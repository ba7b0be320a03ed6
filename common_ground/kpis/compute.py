"""Evaluates registry entries over marts, through DuckDB's relations.

Expressions come from the registry only; segments and days from outside go in as constants, never
as text.
"""

from datetime import date
from typing import Any, Protocol

import pandas as pd
from duckdb import (
    CaseExpression,
    ColumnExpression,
    ConstantExpression,
    DuckDBPyRelation,
    Expression,
    SQLExpression,
)

from common_ground.kpis import promises
from common_ground.kpis.registry import AGREEMENTS, Definition, definition, definitions
from common_ground.kpis.values import Dropped, KpiValue, Second, settled, wilson
from common_ground.kpis.windows import (
    DAY,
    Window,
    add_months,
    month_ends,
    moved_to,
    quarter_of,
)

BEGINNING = date(1900, 1, 1)  # start of a window over all time, before any export
RETENTION_MONTHS = 12  # a retention needs an opening: all time becomes the trailing year


class Source(Protocol):
    """What is read: the published data, or the same tables in memory."""

    @property
    def as_of(self) -> date:
        """Last day counted."""
        ...

    def mart_relation(self, name: str, **params: object) -> DuckDBPyRelation:
        """A mart as a relation; parameters it does not declare are left aside."""
        ...


def compute(
    published: Source,
    kpi: str,
    window: Window,
    segment: str | None = None,
    agreements: pd.DataFrame | None = None,
) -> KpiValue:
    """A KPI for a window and segment.

    Args:
        published: the data.
        kpi: id in the registry; KeyError for another.
        window: as chosen. A KPI about a day, four weeks or a quarter is taken at its last day; one
            about retention turns all time into the trailing twelve months.
        segment: None for all.
        agreements: rows of the ledger, see `promises.evaluate`; only KPIs over agreements use
            them. They have no segment, so a segment leaves them without a value.
    """
    chosen = definition(kpi)
    span = _span(published, chosen, window)
    if chosen.mart == AGREEMENTS:
        ledger = promises.NO_AGREEMENTS if agreements is None else agreements
        return promises.evaluate(chosen, ledger, span, segment)
    rows = _rows(published, chosen, window, segment)
    row = _first(_counted(chosen, rows, span).aggregate(_measures(chosen)))
    computed, n = _number(row["value"]), int(row["n"] or 0)
    is_there = n > 0 and computed is not None
    return settled(
        chosen,
        span,
        segment,
        computed,
        n,
        hits=int(row["hits"] or 0) if chosen.hits else None,
        dropped=_dropped(published, chosen, rows, span),
        beside=[
            Second(part.label, part.unit, _number(row[f"beside_{place}"]))
            for place, part in enumerate(chosen.beside)
        ],
        lacking=None if is_there else _lacking(published, chosen),
    )


def compute_all(
    published: Source,
    window: Window,
    segment: str | None = None,
    agreements: pd.DataFrame | None = None,
) -> list[KpiValue]:
    """Every KPI that is not retired, in the order of the registry."""
    return [
        compute(published, kpi, window, segment, agreements)
        for kpi, entry in definitions().items()
        if not entry.retired
    ]


def history(
    published: Source,
    kpi: str,
    as_of: date,
    months: int = 12,
    segment: str | None = None,
    agreements: pd.DataFrame | None = None,
    window: Window | None = None,
) -> pd.DataFrame:
    """A KPI at the as-of day and the month ends before it.

    Args:
        published: the data.
        kpi: id in the registry.
        as_of: last point.
        months: how many points.
        segment: None for all.
        agreements: as for `compute`.
        window: its length is kept at each point; the trailing twelve months unless given.

    Returns:
        month_end (datetime), value (NaN where too few or none), n, and a column for each second
        number by its label; oldest first. No rows for a KPI whose past cannot be rebuilt, or
        without the exports it needs.
    """
    chosen = definition(kpi)
    length = window or Window(add_months(as_of + DAY, -12), as_of + DAY)
    columns = ["month_end", "value", "n", *(part.label for part in chosen.beside)]
    is_known = chosen.history and (chosen.mart == AGREEMENTS or _lacking(published, chosen) is None)
    points: list[list[object]] = []
    for day in month_ends(as_of, months) if is_known else []:
        at_day = moved_to(length, day)
        if chosen.mart == AGREEMENTS:
            value = compute(published, kpi, at_day, segment, agreements)
            points.append([day, value.value, value.n])
            continue
        span = _span(published, chosen, at_day)
        rows = _rows(published, chosen, at_day, segment)
        row = _first(_counted(chosen, rows, span).aggregate(_measures(chosen)))
        n = int(row["n"] or 0)
        shown = n >= chosen.min_rows
        seconds = [_number(row[f"beside_{place}"]) for place in range(len(chosen.beside))]
        points.append(
            [
                day,
                _number(row["value"]) if shown else None,
                n,
                *(second if shown else None for second in seconds),
            ]
        )
    frame = pd.DataFrame(points, columns=columns)
    return frame.astype(
        {name: "float64" for name in columns[1:] if name != "n"}
        | {"month_end": "datetime64[us]", "n": "int64"}
    )


def by_segment(published: Source, kpi: str, window: Window) -> pd.DataFrame:
    """A KPI for each segment that has rows.

    Returns:
        segment, value (NaN where too few), n, low, high (likely range, NaN where not a share of
        counts); most rows first, then by name. No rows for KPIs over agreements.
    """
    chosen = definition(kpi)
    columns = ["segment", "value", "n", "low", "high"]
    found: list[list[object]] = []
    if chosen.mart != AGREEMENTS and _lacking(published, chosen) is None:
        span = _span(published, chosen, window)
        counted = _counted(chosen, _rows(published, chosen, window, None), span)
        measures = [ColumnExpression("segment"), *_measures(chosen)]
        for row in _all(counted.aggregate(measures, "segment")):
            n = int(row["n"] or 0)
            if n < 1:
                continue
            shown = n >= chosen.min_rows
            low, high = wilson(int(row["hits"] or 0), n) if chosen.hits and shown else (None, None)
            found.append([row["segment"], _number(row["value"]) if shown else None, n, low, high])
    frame = pd.DataFrame(found, columns=columns)
    frame = frame.astype({"value": "float64", "n": "int64", "low": "float64", "high": "float64"})
    return frame.sort_values(["n", "segment"], ascending=[False, True], ignore_index=True)


def rows_behind(
    published: Source,
    kpi: str,
    window: Window,
    segment: str | None = None,
    agreements: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The rows a KPI rests on, and those left out with the reason.

    Returns:
        Columns of its mart (or of the mart with its single rows), and `left_out`: None where the
        row counts. Counted rows first, then by all columns in order.
    """
    chosen = definition(kpi)
    span = _span(published, chosen, window)
    if chosen.mart == AGREEMENTS:
        ledger = promises.NO_AGREEMENTS if agreements is None or segment else agreements
        return promises.behind(chosen, ledger, span)
    if chosen.rows_mart != chosen.mart:
        rows = _in_segment(_mart(published, chosen.rows_mart, span, window.last_day), segment)
        if chosen.covers == "week":
            rows = rows.filter(
                ColumnExpression("last_day") >= ConstantExpression(span.start or BEGINNING)
            )
    else:
        marked = _rows(published, chosen, window, segment)
        rows = marked.filter(_is_told(published, chosen, span))
        kept = [ColumnExpression(name) for name in rows.columns if name not in ("left_out", "why")]
        rows = rows.select(*kept, ColumnExpression("why").alias("left_out"))
    frame: pd.DataFrame = rows.df()
    left_out = frame["left_out"].astype("object")
    frame["left_out"] = left_out.where(left_out.notna(), None)
    first = frame["left_out"].notna().rename("is_left_out")
    order = [name for name in frame.columns if name != "left_out"]
    frame = frame.assign(is_left_out=first).sort_values(["is_left_out", *order], ignore_index=True)
    return frame.drop(columns="is_left_out")


def target(published: Source, kpi: str, window: Window, segment: str | None = None) -> float | None:
    """The goal a KPI is compared with; None where none is set.

    Of the goals whose period holds the window's last day, the one with the period most like the
    window in length. A KPI that adds up over its window compares only with a goal for that very
    period. Where none is set and the registry names a KPI whose reciprocal is required (a win
    rate of a quarter requires four times the open business), that.
    """
    chosen = definition(kpi)
    span = _span(published, chosen, window)
    goals = published.mart_relation("mart_targets").filter(
        (ColumnExpression("kpi") == ConstantExpression(kpi))
        & (ColumnExpression("segment") == ConstantExpression(segment or ""))
        & (ColumnExpression("first_day") <= ConstantExpression(window.last_day))
        & (ColumnExpression("end_day") > ConstantExpression(window.last_day))
    )
    found = _all(goals.order("first_day, end_day"))
    if chosen.adds_up:
        found = [
            row for row in found if row["first_day"] == span.start and row["end_day"] == span.end
        ]
    if not found:
        return _required(published, chosen, window, segment)
    days = (span.end - (window.start or BEGINNING)).days
    best = min(found, key=lambda row: abs((row["end_day"] - row["first_day"]).days - days))
    return float(best["target"])


def _required(
    published: Source, chosen: Definition, window: Window, segment: str | None
) -> float | None:
    if not chosen.required:
        return None
    rate = compute(published, chosen.required, window, segment).value
    return 1 / rate if rate else None


def segments(published: Source) -> list[str]:
    """Segments by name, those in brackets (not said) last."""
    found = published.mart_relation("mart_segments").select("segment").fetchall()
    return sorted((str(name) for (name,) in found), key=lambda name: (name.startswith("("), name))


def _span(published: Source, chosen: Definition, window: Window) -> Window:
    """The days a KPI is about, given the window the reader chose."""
    end = window.end
    days = {"day": 1, "week": 7, "four_weeks": 28}
    if chosen.covers in days:
        return Window(end - days[chosen.covers] * DAY, end)
    if chosen.covers == "quarter":
        row = _first(published.mart_relation("mart_workspace"))
        return quarter_of(window.last_day, row["fiscal_year_start_month"])
    if chosen.covers == "retention" and window.start is None:
        return Window(add_months(end, -RETENTION_MONTHS), end)
    return window


def _mart(published: Source, name: str, span: Window, day: date) -> DuckDBPyRelation:
    return published.mart_relation(
        name, as_of=day, window_start=span.start or BEGINNING, window_end=span.end
    )


def _rows(
    published: Source, chosen: Definition, window: Window, segment: str | None
) -> DuckDBPyRelation:
    """Rows the KPI is about, with `why`: null where the row counts, else why it does not."""
    span = _span(published, chosen, window)
    # The last day of the window, not of the span: a quarter is taken as it stands on that day
    rows = _mart(published, chosen.mart, span, window.last_day)
    about = SQLExpression(chosen.rows)
    if segment is not None:
        about = about & (ColumnExpression("segment") == ConstantExpression(segment))
    if segment is not None or chosen.rows != "true":
        rows = rows.filter(about)
    why = CaseExpression(SQLExpression("left_out is not null"), ColumnExpression("left_out"))
    for reason, condition in chosen.leave_out:
        why = why.when(SQLExpression(condition), ConstantExpression(reason))
    return rows.project("*", why.otherwise(SQLExpression("null")).alias("why"))


def _in_segment(rows: DuckDBPyRelation, segment: str | None) -> DuckDBPyRelation:
    if segment is None:
        return rows
    return rows.filter(ColumnExpression("segment") == ConstantExpression(segment))


def _counted(chosen: Definition, rows: DuckDBPyRelation, span: Window) -> DuckDBPyRelation:
    return rows.filter(SQLExpression("why is null") & _is_inside(chosen, span))


def _is_inside(chosen: Definition, span: Window) -> Expression:
    """Whether a row is in the span by the KPI's time column; true where the mart decides."""
    if not chosen.time:
        return SQLExpression("true")
    time = ColumnExpression(chosen.time)
    # A daily mart holds spans that end with each day: take the last
    start = span.start if chosen.covers in ("window", "retention") else span.last_day
    inside = time < ConstantExpression(span.end)
    return inside & (time >= ConstantExpression(start)) if start else inside


def _is_told(published: Source, chosen: Definition, span: Window) -> Expression:
    """Whether a row counts, or is left out and belongs to the span.

    A row without a date, or dated after the as-of day when that day ends the span, belongs to it.
    """
    if not chosen.time:
        return SQLExpression("true")
    time = ColumnExpression(chosen.time)
    told = time.isnull()
    if span.end > published.as_of:
        told = told | (time >= ConstantExpression(span.end))
    return _is_inside(chosen, span) | (SQLExpression("why is not null") & told)


def _dropped(
    published: Source, chosen: Definition, rows: DuckDBPyRelation, span: Window
) -> list[Dropped]:
    left_out = rows.filter(SQLExpression("why is not null") & _is_told(published, chosen, span))
    found = left_out.aggregate(
        [ColumnExpression("why"), SQLExpression(chosen.dropped).alias("rows")], "why"
    )
    return [Dropped(str(why), int(rows)) for why, rows in found.order("why").fetchall() if rows]


def _measures(chosen: Definition) -> list[Expression]:
    measures = {"value": chosen.value, "n": chosen.n}
    if chosen.hits:
        measures["hits"] = chosen.hits
    for place, part in enumerate(chosen.beside):
        measures[f"beside_{place}"] = part.value
    return [SQLExpression(text).alias(name) for name, text in measures.items()]


def _lacking(published: Source, chosen: Definition) -> str | None:
    """What to say about the first kind of record the KPI needs and nobody has loaded."""
    loaded = {
        str(kind): int(rows) for kind, rows in published.mart_relation("mart_loaded").fetchall()
    }
    return next((say for kind, say in chosen.needs if not loaded.get(kind)), None)


def _all(relation: DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _first(relation: DuckDBPyRelation) -> dict[str, Any]:
    return _all(relation)[0]


def _number(value: Any) -> float | None:  # noqa: ANN401
    """A DuckDB number, decimals included, as a float."""
    return None if value is None else float(value)
