"""The parts of the Shared KPIs page: which cards, the answer, titles, definition and rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground import kpis
from common_ground.charts import format, segments, trend
from common_ground.pack import kpi_slides
from common_ground.pack.kpi_slides import KpiLine
from common_ground.pack.words import Writer
from common_ground.ui import cache, filters, frame, html, kpi_cards, messages, tables
from common_ground.warehouse.published import Data, Published

CARDS_A_SIDE: Final = 3
NAMES: Final[dict[html.Side, str]] = {"sales": "Sales", "shared": "Shared", "product": "Product"}
SIDES: Final[dict[str, trend.Side]] = {"sales": "sales", "shared": "shared", "product": "product"}
ACRONYMS: Final = {word.lower(): word for word in ("ARR", "MRR", "PQL", "ID")}
# Opened first where the exports allow: the one both sides can only move together.
FIRST: Final = ("request_to_ship_days", "nrr", "win_rate", "mau")


@dataclass(frozen=True)
class Board:
    """Every KPI for one window and segment.

    Attributes:
        lines: in the order of the registry, without the value three months before.
        currency: ISO code.
    """

    lines: tuple[KpiLine, ...]
    currency: str

    def of_side(self, side: str) -> list[KpiLine]:
        """KPIs of a side; those with the exports they need first."""
        found = [line for line in self.lines if line.definition.side == side]
        return sorted(found, key=lambda line: line.now.state == "missing")

    def line(self, kpi: str) -> KpiLine:
        """The KPI of an id."""
        return next(line for line in self.lines if line.definition.kpi == kpi)


def board(data: Data, window: kpis.Window, segment: str | None, agreements: pd.DataFrame) -> Board:
    """Every KPI with its target; see `Board`."""
    values = kpis.compute_all(data, window, segment, agreements)
    lines = (
        KpiLine(
            definition=kpis.definition(value.kpi),
            now=value,
            target=kpis.target(data, value.kpi, window, segment),
        )
        for value in values
    )
    return Board(tuple(lines), data.currency)


# ---- filters


def choose(known: Board) -> str:
    """The KPI of trend, segments and rows, kept in the URL by its name."""
    labels = {line.definition.label: line.definition.kpi for line in known.lines}
    loaded = [line.definition.kpi for line in known.lines if line.now.state != "missing"]
    first = next((kpi for kpi in FIRST if kpi in loaded), known.lines[0].definition.kpi)
    return filters.coded("KPI", labels, "kpi", kpis.definition(first).label)


def filters_in_words(window: str, segment: str | None) -> str:
    """The filters as the foot names them."""
    return f"{filters.segment_label(segment)}, {filters.window_label(window)}"


# ---- answer and cards


def answer(known: Board, segment: str | None) -> list[object]:
    """Targets met of those set, and the KPI furthest from its own."""
    aimed = [line for line in known.lines if line.is_known and line.target is not None]
    where = f" in {segment}" if segment else ""
    if not aimed:
        return _answer_without_targets(known, where)
    missed = [line for line in aimed if _gap(line, known.currency) > 0]
    within = [line for line in missed if _is_in_range(line)]
    met = len(aimed) - len(missed)
    if not missed:
        return [f"Yes{where}: all {len(aimed)} targets are met."]
    told = f"{met} of {format.plural(len(aimed), 'target')} met"
    if within:
        told += f", {len(within)} within the likely range"
    clear = [line for line in missed if not _is_in_range(line)]
    lead = "Mostly" if met >= len(aimed) / 2 else "Not yet"
    if not clear:
        return [f"{lead}{where}: {told}."]
    worst = max(clear, key=lambda line: _gap(line, known.currency))
    value = kpi_slides.shown(worst, known.currency)
    goal = _writer(worst, known.currency).full(float(worst.target or 0))
    side = SIDES[worst.definition.side]
    return [
        f"{lead}{where}: {told}. Furthest off is {_in_text(worst.definition.label)}, ",
        html.said_by(side, value),
        f" where the target is {goal}.",
    ]


def _answer_without_targets(known: Board, where: str) -> list[object]:
    told = [line for line in known.lines if line.is_known]
    if not told:
        return ["No KPI can be computed from what is loaded."]
    first = told[0]
    return [
        f"No target is set{where} to win against. {first.definition.label} is ",
        html.said_by(SIDES[first.definition.side], kpi_slides.shown(first, known.currency)),
        ".",
    ]


def cards(known: Board, window: kpis.Window, segment: str | None) -> html.Html:
    """Three columns, sales left and product right: a rule with the side's name, three cards."""
    sides = {side: known.of_side(side) for side in NAMES}
    heads = [_side_head(side, known) for side in NAMES]
    rows = [
        kpi_cards.card(sides[side][place].definition.kpi, window, known.currency, segment)
        for place in range(CARDS_A_SIDE)
        for side in NAMES
    ]
    return html.join([html.grid(heads, "3"), html.grid(rows, "3")])


def _side_head(side: html.Side, known: Board) -> html.Html:
    of_side = known.of_side(side)
    aimed = [line for line in of_side if line.is_known and line.target is not None]
    met = sum(_gap(line, known.currency) <= 0 for line in aimed)
    told = f"{met} of {format.plural(len(aimed), 'target')} met" if aimed else "no target set"
    return html.build(
        '<div class="cg-side cg-top-{}"><div class="cg-heading"><h3>{}</h3>'
        '<span class="cg-right">{} of {} KPIs shown, {}</span></div></div>',
        side,
        html.named(side, NAMES[side]),
        min(CARDS_A_SIDE, len(of_side)),
        len(of_side),
        told,
    )


# ---- the chosen KPI


def writer(line: KpiLine, currency: str) -> Writer:
    """How values of a KPI are written, as on its card."""
    return _writer(line, currency)


def trend_title(line: KpiLine, past: pd.DataFrame, currency: str) -> str:
    """What moved over the line, and no more than its likely range allows."""
    name, value = line.definition.label, kpi_slides.shown(line, currency)
    known = past[past["value"].notna()]
    if not line.is_known or len(known) < 2:
        return f"{name}: {value}" if line.is_known else name
    first, now = float(known["value"].iloc[0]), float(line.now.value or 0)
    months = len(past) - 1 - int(known.index[0])
    moved = _writer(line, currency).change(now, first)
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
    write = _writer(line, currency)
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
    return f"{segments.MOST} of {len(found)}, most rows first" if len(found) > segments.MOST else ""


def line_name(line: KpiLine) -> str:
    """What stands at the end of the line: "median", else "now"."""
    return "median" if "median" in line.definition.label.lower() else "now"


def likely(line: KpiLine) -> tuple[float, float] | None:
    """The likely range of the last point; None where it has none."""
    low, high = line.now.low, line.now.high
    return None if low is None or high is None else (low, high)


def second(line: KpiLine) -> tuple[str, Callable[[float], str]] | None:
    """The second number that can share the axis: same unit as the KPI."""
    about = kpis.definition(line.definition.kpi)
    same = (part for part in about.beside if part.unit == about.unit)
    return next(((part.label, Writer(part.unit, "", 0).full) for part in same), None)


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


def footer(data: Published, chosen: str) -> str:
    """As-of, data version and filters, for the foot of a picture."""
    return f"As of {frame.day(data.as_of)}, data v{data.data_version}. Filters: {chosen}."


def agreements_of(kpi: str, agreements: pd.DataFrame) -> pd.DataFrame:
    """Agreements that name a KPI: agreement_id, title, day it was made."""
    named = agreements[(agreements["kpi"] == kpi) & (agreements["status"] != "draft")]
    days = pd.to_datetime(named["created_at"]).dt.normalize()
    return named.assign(day=days)[["agreement_id", "title", "day"]]


def definition(line: KpiLine, set_by: str) -> html.Html:
    """What the KPI is: definition, formula, rules, caveat, source, and what was left out."""
    about = kpis.definition(line.definition.kpi)
    now = line.now
    assert isinstance(now, kpis.KpiValue)
    start = f"{now.window.start:%-d %b %Y}" if now.window.start else "the beginning"
    dropped = [f"{part.reason}: {format.count(part.rows)}" for part in now.dropped]
    pairs: list[tuple[object, object]] = [
        ("Asks", about.question),
        ("Is", about.definition),
        ("Formula", about.formula),
        ("Rules", html.join([html.build("<div>{}.</div>", text) for text in now.policy.values()])),
        ("Mind", about.caveat),
        ("Days", f"{start} to {now.window.last_day:%-d %b %Y}, both counted"),
        ("Rests on", f"{format.count(now.n)} {about.counted}, at least {about.min_rows} needed"),
        (
            "Left out",
            html.join([html.build("<div>{}</div>", text) for text in dropped or ["none"]]),
        ),
        ("From", f"{about.source}; definition version {about.version}"),
    ]
    beside = [
        f"{part.label}: {Writer(part.unit, '', now.n).full(part.value)}"
        for part in now.beside
        if part.value is not None
    ]
    if beside:
        pairs.insert(7, ("Beside it", ", ".join(beside)))
    if set_by:
        pairs.append(("Target", f"set by {set_by}"))
    return html.build("<h3>{}</h3>{}", about.label, html.pairs(pairs))


def set_by(kpi: str, targets: pd.DataFrame) -> str:
    """Who set the targets of a KPI; empty where none is set or nobody is named."""
    names = targets.loc[targets["kpi"] == kpi, "set_by"].dropna().unique()
    return ", ".join(sorted(str(name) for name in names))


@st.dialog("Rows behind the number", width="large")
def show_rows(kpi: str, window: kpis.Window, segment: str | None) -> None:
    """The rows of a KPI with those left out and why, and all of them as CSV."""
    about = kpis.definition(kpi)
    rows = cache.cached_with_data(kpis.rows_behind, kpi, window, segment, cache.agreements())
    counted = int(rows["left_out"].isna().sum())
    html.show(
        html.heading(
            about.label,
            f"{format.plural(counted, 'row')} counted, "
            f"{format.count(len(rows) - counted)} left out with the reason",
        )
    )
    tables.with_download(rows, f"rows_{kpi}", _columns(rows), height=560)


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


def rows_behind(known: Board) -> str:
    """Rows behind the page, as the foot names them."""
    told = []
    for kpi, word in (("win_rate", "closed deals"), ("nrr", "accounts"), ("mau", "people")):
        n = known.line(kpi).now.n
        if n:
            told.append(f"{format.count(n)} {word}")
    return ", ".join(told) or "no rows"


# ---- words


def _writer(line: KpiLine, currency: str) -> Writer:
    return Writer(line.now.unit, currency, line.now.n)


def _gap(line: KpiLine, currency: str) -> float:
    """How far from the target, as a share of it; 0 when it is met in the decimals shown."""
    value, aim = line.now.value, line.target
    if value is None or aim is None:
        return 0.0
    if _writer(line, currency).is_met(value, aim, line.definition.better):
        return 0.0
    return abs(value - aim) / (abs(aim) or 1.0)


def _is_in_range(line: KpiLine) -> bool:
    low, high, aim = line.now.low, line.now.high, line.target
    return low is not None and high is not None and aim is not None and low <= aim <= high


def _in_text(label: str) -> str:
    """A label inside a sentence: the first letter small, acronyms as they are."""
    first = label.split()[0]
    return label if first.isupper() else label[0].lower() + label[1:]


def _listed(names: list[str]) -> str:
    if len(names) > 2:
        return f"{len(names)} segments"
    return " and ".join(names)
