"""The chosen KPI: its trend and segments, what they allow to say, and the rows behind any point."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground import kpi_lines, kpis
from common_ground.charts import format, segments, trend
from common_ground.pack import kpi_slides
from common_ground.pack.kpi_slides import KpiLine
from common_ground.pack.slides import day
from common_ground.pack.words import Writer
from common_ground.ui import cache, html, kpi_filters, messages, tables
from common_ground.warehouse.published import Published

SIDES: Final[dict[str, trend.Side]] = {"sales": "sales", "shared": "shared", "product": "product"}
ACRONYMS: Final = {word.lower(): word for word in ("ARR", "MRR", "PQL", "ID")}
FROM_ZERO: Final = ("currency", "count", "currency_per_day")  # drawn as bars, compared by length
_POINT: Final = "kpi_point"  # a point that was clicked, until its rows are shown


def writer(line: KpiLine, currency: str) -> Writer:
    """How values of a KPI are written, as on its card."""
    return Writer(line.now.unit, currency, line.now.n)


def trend_title(line: KpiLine, past: pd.DataFrame, currency: str) -> str:
    """What moved over the line, and no more than its likely range allows."""
    name, value = line.definition.label, kpi_slides.shown(line, currency)
    known = past[past["value"].notna()]
    if not line.is_known or len(known) < 2:
        return f"{name}: {value}" if line.is_known else name
    first, now = float(known["value"].iloc[0]), float(line.now.value or 0)
    months = len(past) - 1 - int(known.index[0])
    moved = writer(line, currency).change(now, first)
    since = f"in {format.plural(months, 'month')}"
    if moved == "unchanged":
        return f"{name}: unchanged {since}, at {value}"
    low, high = line.now.low, line.now.high
    if low is not None and high is not None and low <= first <= high:
        return f"{name}: no clear change {since}, at {value}"
    way = "up" if now > first else "down"
    return f"{name}: {way} {moved.lstrip('+' + format.MINUS)} {since}, to {value}"


def segments_title(line: KpiLine, found: pd.DataFrame, currency: str) -> str:
    """What the ranges allow to say about segments."""
    known = found[found["value"].notna()]
    if len(known) < 2:
        if list(found["segment"]) == ["(no segment)"]:
            return "The accounts carry no segment"
        only = f"Only {known['segment'].iloc[0]}" if len(known) else "No segment"
        return f"{only} has enough rows to compare"
    write = writer(line, currency)
    if known["low"].isna().any():
        ordered = known.sort_values(["value", "segment"], ignore_index=True)
        names, values = list(ordered["segment"]), list(ordered["value"])
        return (
            f"From {write.full(values[0])} in {names[0]} to {write.full(values[-1])} in {names[-1]}"
        )
    to = line.target if line.target is not None else line.now.value
    mark = f"{write.full(float(to or 0))}" if line.target is not None else "the total"
    above = list(known.loc[known["low"] > to, "segment"])
    below = list(known.loc[known["high"] < to, "segment"])
    if not above and not below:
        return f"No segment is clearly above or below {mark}"
    told = [
        f"{_listed(names)} clearly {word} {mark}"
        for names, word in ((above, "above"), (below, "below"))
        if names
    ]
    return "; ".join(told)


def segments_shown(found: pd.DataFrame) -> str:
    """How many of the segments are drawn, where not all are; the CSV holds all."""
    many = len(found) > segments.MOST
    return f"{segments.MOST} of {len(found)}, most rows first; the CSV holds all" if many else ""


def line_name(line: KpiLine) -> str:
    """What stands at the end of the line: "median" where that is typical, else "now"."""
    options = kpi_lines.value_of(line).options
    return "median" if options.get("average") == "median" else "now"


def likely(line: KpiLine) -> tuple[float, float] | None:
    """The likely range of the last point; None where it has none."""
    low, high = line.now.low, line.now.high
    return None if low is None or high is None else (low, high)


def second(line: KpiLine, past: pd.DataFrame) -> tuple[str, Callable[[float], str]] | None:
    """The second number that can share the axis: same unit as the KPI, and near it in size."""
    about = kpis.definition(line.definition.kpi)
    if about.kpi == "arr_bridge":  # its parts have a chart of their own
        return None
    same = (part for part in about.beside if part.unit == about.unit and part.label in past)
    return next(((part.label, Writer(part.unit, "", 0).full) for part in same), None)


def a_year_before(kpi: str, view: kpis.View) -> pd.DataFrame | None:
    """The same KPI a year before, on this axis, where the reader compares with it."""
    window = kpis.year_before(view.window)
    if view.compare != "year" or window is None:
        return None
    past = cache.with_terms(kpi_lines.history, kpi, replace(view, window=window))
    if past["value"].notna().sum() < 2:
        return None
    return past.assign(month_end=past["month_end"] + pd.DateOffset(years=1))


def write_with_n(line: KpiLine, currency: str) -> Callable[[float, int], str]:
    """Writes a value of one segment in the decimals its own n allows."""
    return lambda value, n: Writer(line.now.unit, currency, n).full(value)


def no_trend(line: KpiLine) -> html.Html:
    """Why there is no line, in its place."""
    about = kpis.definition(line.definition.kpi)
    if about.mart == kpis.AGREEMENTS and line.now.state == "missing":
        return messages.too_few("Trend", about.label, "no value here", line.now.reason or "")
    if line.now.state == "missing":
        return messages.not_loaded("Trend", about.source.split(",")[0], line.now.reason or "")
    if not about.history:
        why = "The exports tell only how it stands today, so earlier months cannot be rebuilt."
        return messages.too_few("Trend", about.label, "one point only", why)
    return messages.too_few(
        "Trend",
        about.label,
        "fewer than two months have enough rows",
        line.now.reason or f"A point needs {about.min_rows} {about.counted}.",
        "Choose a longer window",
    )


def no_segments(line: KpiLine) -> html.Html:
    """Why there are no segments, in their place."""
    about = kpis.definition(line.definition.kpi)
    if about.mart == kpis.AGREEMENTS:
        why = "Agreements are between the two sides, they have no segment."
        return messages.too_few("By segment", about.label, "not split by segment", why)
    return messages.too_few(
        "By segment",
        about.label,
        "no segment has enough rows",
        line.now.reason or f"A point needs {about.min_rows} {about.counted}.",
    )


def footer(data: Published, line: KpiLine, view: kpis.View) -> str:
    """As-of, data version, filters, and who signed the definition, for the foot of a picture."""
    signed = line.signed.words if line.signed else ""
    return (
        f"As of {day(view.window.last_day)}, data v{data.data_version}. "
        f"Filters: {kpi_filters.in_words(view)}. n = {kpi_slides.rows(line)}. "
        f"Definition {line.signed.version if line.signed else ''}: {signed}."
    )


def for_file(frame: pd.DataFrame, line: KpiLine) -> pd.DataFrame:
    """A frame of one KPI as its file has it: with the KPI, its version, and who signed it."""
    signed = line.signed.words if line.signed else "Not signed"
    version = line.signed.version if line.signed else ""
    return frame.assign(kpi=line.definition.kpi, definition=f"version {version}, {signed}")


def agreements_of(kpi: str, agreements: pd.DataFrame) -> pd.DataFrame:
    """Agreements that name a KPI: agreement_id, title, day it was made."""
    named = agreements[(agreements["kpi"] == kpi) & (agreements["status"] != "draft")]
    days = pd.to_datetime(named["created_at"]).dt.normalize()
    return named.assign(day=days)[["agreement_id", "title", "day"]]


def loads_of(data: Published) -> pd.DataFrame:
    """Data versions as the trend marks them: the day each counts to, and its name."""
    versions = data.versions()
    return pd.DataFrame(
        {
            "day": versions["as_of"],
            "label": [f"v{version}" for version in versions["data_version"]],
        }
    )


def _listed(names: list[str]) -> str:
    if len(names) > 2:
        return f"{len(names)} segments"
    return " and ".join(names)


# ---- rows


def follow_trend() -> None:
    """Remember the month that was clicked; its rows open in this run."""
    picked = _picked("kpi_trend")
    if picked and "x" in picked:
        st.session_state[_POINT] = ("day", str(picked["x"])[:10])


def follow_segments() -> None:
    """Remember the segment that was clicked."""
    picked = _picked("kpi_segments")
    if picked and "y" in picked:
        st.session_state[_POINT] = ("place", int(round(float(picked["y"]))))


def _picked(key: str) -> dict[str, Any]:
    points = st.session_state[key]["selection"]["points"]
    return dict(points[0]) if points else {}


def show_clicked(kpi: str, view: kpis.View, by: str, parts: pd.DataFrame) -> None:
    """The rows of the point that was clicked, if one was."""
    if _POINT not in st.session_state:
        return
    what, value = st.session_state.pop(_POINT)
    if what == "day":
        window = kpis.moved_to(view.window, pd.Timestamp(value).date())
        show_rows(kpi, replace(view, window=window))
    elif value < len(parts):
        show_rows(kpi, replace(view, by=by, segment=str(parts["segment"].iloc[value])))


@st.dialog("Rows behind the number", width="large")
def show_rows(kpi: str, view: kpis.View) -> None:
    """The rows of a KPI with those left out and why, and all of them as CSV."""
    about = kpis.definition(kpi)
    rows = cache.with_terms(kpi_lines.rows_behind, kpi, view)
    stands = kpis.standing(about, cache.terms())
    counted = int(rows["left_out"].isna().sum())
    until = day(view.window.last_day)
    where = kpi_filters.in_words(view).split(", against")[0]
    html.show(
        html.heading(
            f"{about.label}, up to {until}",
            f"{format.plural(counted, 'row')} counted, "
            f"{format.count(len(rows) - counted)} left out with the reason",
        ),
        html.note(f"{where}. {about.formula}. {stands.words}."),
    )
    file = rows.assign(definition=f"{kpi} version {about.version}, {stands.words}")
    tables.with_download(rows, f"rows_{kpi}", _columns(rows), height=520, file=file)


def _columns(rows: pd.DataFrame) -> dict[str, Any]:
    """How the columns of any mart are shown: names as words, days as days."""
    shown: dict[str, Any] = {}
    for name, kind in rows.dtypes.items():
        first, *more = (ACRONYMS.get(word, word) for word in str(name).split("_"))
        words = " ".join([first if first.isupper() else first.capitalize(), *more])
        if kind.kind == "M":
            shown[str(name)] = st.column_config.DateColumn(words, format="D MMM YYYY")
        elif kind.kind in "iuf":
            shown[str(name)] = st.column_config.NumberColumn(words, format="localized")
        else:
            shown[str(name)] = st.column_config.Column(words)
    return shown
