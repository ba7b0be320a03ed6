"""Evaluates registry entries over marts: one statement a KPI, for all points asked for."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Protocol

import numpy as np
import pandas as pd

from common_ground.kpis import promises, statement, targets
from common_ground.kpis.policies import settled_options
from common_ground.kpis.registry import AGREEMENTS, Definition, definition, definitions
from common_ground.kpis.targets import Goal
from common_ground.kpis.terms import DEFAULT_TERMS, Terms
from common_ground.kpis.values import Dropped, KpiValue, Second, settled, wilson
from common_ground.kpis.windows import (
    DAY,
    Window,
    add_months,
    month_ends,
    moved_to,
    quarter_of,
)
from common_ground.warehouse import models

BEGINNING = date(1900, 1, 1)  # start of a window over all time, before any export
RETENTION_MONTHS = 12  # a retention needs an opening: all time becomes the trailing year

# Measures where no row counts, by KPI: the same in every workspace, so asked for once.
_OVER_NOTHING: Final[dict[str, dict[str, Any]]] = {}


class Source(Protocol):
    """What is read: the published data, or the same tables in memory."""

    @property
    def as_of(self) -> date:
        """Last day counted."""
        ...

    @property
    def fiscal_year_start_month(self) -> int:
        """1 to 12."""
        ...

    def select(self, statement: str, params: Mapping[str, object]) -> list[dict[str, Any]]:
        """Rows of a select."""
        ...

    def select_frame(self, statement: str, params: Mapping[str, object]) -> pd.DataFrame:
        """Rows of a select as a frame."""
        ...

    def mart(self, name: str, **params: object) -> pd.DataFrame:
        """A mart as a frame."""
        ...

    @property
    def loaded(self) -> Mapping[str, int]:
        """Records by kind, see mart_loaded."""
        ...

    @property
    def exported_targets(self) -> pd.DataFrame:
        """Targets as exports say, see mart_targets."""
        ...


@dataclass(frozen=True)
class Point:
    """Where a KPI is evaluated: a window as chosen, under options of its policies."""

    window: Window
    options: Mapping[str, str] = field(default_factory=dict)


def compute(
    published: Source,
    kpi: str,
    window: Window,
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
) -> KpiValue:
    """A KPI for a window and segment.

    Args:
        published: the data.
        kpi: id in the registry; KeyError for another.
        window: as chosen. A KPI about a day, four weeks or a quarter is taken at its last day; one
            about retention turns all time into the trailing twelve months.
        segment: None for all.
        terms: what the ledger holds. Agreements have no segment, so a segment leaves KPIs over
            them without a value.
        by: what `segment` is a value of: segment, industry, region, plan or owner.
    """
    return at_points(published, kpi, [Point(window)], segment, terms, by)[0]


def compute_all(
    published: Source,
    window: Window,
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
) -> list[KpiValue]:
    """Every KPI that is not retired, in the order of the registry."""
    found = all_at_points(published, known_kpis(), [Point(window)], segment, terms, by)
    return [found[kpi][0] for kpi in known_kpis()]


def known_kpis() -> list[str]:
    """Ids of the KPIs that are not retired, in the order of the registry."""
    return [kpi for kpi, entry in definitions().items() if not entry.retired]


def at_points(
    published: Source,
    kpi: str,
    points: Sequence[Point],
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
) -> list[KpiValue]:
    """A KPI at several points, in one statement.

    Args:
        published: the data.
        kpi: id in the registry.
        points: windows and options; options not named are those of `terms`.
        segment: as for `compute`.
        terms: as for `compute`.
        by: as for `compute`.

    Returns:
        One value a point, in the same order.
    """
    return all_at_points(published, [kpi], points, segment, terms, by)[kpi]


def all_at_points(
    published: Source,
    kpis: Sequence[str],
    points: Sequence[Point],
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
) -> dict[str, list[KpiValue]]:
    """Several KPIs at several points, those over one mart in one statement.

    Returns:
        The values of each KPI, one a point, as `at_points` gives them.
    """
    found: dict[str, list[KpiValue]] = {}
    asked: dict[Hashable, list[_Asked]] = {}
    for kpi in kpis:
        chosen = definition(kpi)
        if chosen.mart == AGREEMENTS:
            windows = [point.window for point in points]
            found[kpi] = promises.evaluate(chosen, terms.agreements, windows, segment)
            continue
        one = _Asked(published, chosen, points, terms, by)
        asked.setdefault(one.key, []).append(one)
    for together in asked.values():
        rows = _evaluated(published, together, segment, by_part=False)
        for one in together:
            found[one.chosen.kpi] = one.settled(rows, segment)
    return found


def history(
    published: Source,
    kpi: str,
    window: Window,
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
    months: int = 12,
) -> pd.DataFrame:
    """A KPI at the last day of a window and the month ends before it; see `as_history`.

    Args:
        published: the data.
        kpi: id in the registry.
        window: its length is kept at each point.
        segment: as for `compute`.
        terms: as for `compute`.
        by: as for `compute`.
        months: how many points.
    """
    points = month_points(window, months)
    return as_history(kpi, points, at_points(published, kpi, points, segment, terms, by))


def month_points(window: Window, months: int = 12) -> list[Point]:
    """The last day of a window and the month ends before it, oldest first, each with its length."""
    return [Point(moved_to(window, day)) for day in month_ends(window.last_day, months)]


def as_history(kpi: str, points: Sequence[Point], found: Sequence[KpiValue]) -> pd.DataFrame:
    """Values at month ends as a frame.

    Returns:
        month_end (datetime), value (NaN where too few or none), n, and a column for each second
        number by its label; oldest first. No rows for a KPI whose past cannot be rebuilt, or
        without the exports it needs.
    """
    chosen = definition(kpi)
    is_known = chosen.history and not all(value.is_export_missing for value in found)
    told = list(zip(points, found, strict=True)) if is_known else []
    seconds = [{part.label: part.value for part in value.beside} for _, value in told]
    columns: dict[str, object] = {
        "month_end": np.array([point.window.last_day for point, _ in told], "datetime64[us]"),
        "value": np.array([value.value for _, value in told], "float64"),
        "n": np.array([value.n for _, value in told], "int64"),
    }
    for part in chosen.beside:
        columns[part.label] = np.array([second.get(part.label) for second in seconds], "float64")
    return pd.DataFrame(columns)


def by_segment(
    published: Source,
    kpi: str,
    window: Window,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
) -> pd.DataFrame:
    """A KPI for each segment that has rows.

    Returns:
        segment, value (NaN where too few), n, low, high (likely range, NaN where not a share of
        counts); most rows first, then by name. No rows for KPIs over agreements.
    """
    chosen = definition(kpi)
    columns = ["segment", "value", "n", "low", "high"]
    rows: list[list[object]] = []
    if chosen.mart != AGREEMENTS and _lacking(published, chosen) is None:
        asked = _Asked(published, chosen, [Point(window)], terms, by)
        for (_, _, part), row in _evaluated(published, [asked], None, by_part=True).items():
            n = int(row.measures["n"] or 0) if row.measures else 0
            if part is None or n < 1 or row.measures is None:
                continue
            shown = n >= chosen.min_rows
            hits = int(row.measures["hits"] or 0)
            low, high = wilson(hits, n) if chosen.hits and shown else (None, None)
            value = row.measures["value"] if shown else None
            rows.append([part, value, n, low, high])
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.astype({"value": "float64", "n": "int64", "low": "float64", "high": "float64"})
    return frame.sort_values(["n", "segment"], ascending=[False, True], ignore_index=True)


def rows_behind(
    published: Source,
    kpi: str,
    window: Window,
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
) -> pd.DataFrame:
    """The rows a KPI rests on, and those left out with the reason.

    Returns:
        Columns of its mart (or of the mart with its single rows), and `left_out`: None where the
        row counts. Counted rows first, then by all columns in order.
    """
    chosen = definition(kpi)
    if chosen.mart == AGREEMENTS:
        ledger = terms.agreements if segment is None else promises.NO_AGREEMENTS
        return promises.behind(chosen, ledger, window)
    asked = _Asked(published, chosen, [Point(window)], terms, by)
    text = statement.rows(chosen, by)
    frame = published.select_frame(text, asked.parameters(text, segment))
    left_out = frame["left_out"].astype("object")
    return frame.assign(left_out=left_out.where(left_out.notna(), None))


def target(
    published: Source,
    kpi: str,
    window: Window,
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
) -> float | None:
    """The number a KPI is held against; None where none is set.

    Its goal, see `targets.best`. Where none is set and the registry names a KPI whose reciprocal
    is required (a win rate of a quarter requires four times the open business), that.
    """
    found = goal(published, kpi, window, segment, terms, by)
    if found is not None:
        return float(found.target)
    required = definition(kpi).required
    return one_over(compute(published, required, window, segment, terms, by)) if required else None


def one_over(value: KpiValue) -> float | None:
    """What a KPI requires of another: a win rate of a quarter, four times the open business."""
    return 1 / value.value if value.value else None


def goal(
    published: Source,
    kpi: str,
    window: Window,
    segment: str | None = None,
    terms: Terms = DEFAULT_TERMS,
    by: str = "segment",
    known: Sequence[Goal] | None = None,
) -> Goal | None:
    """The goal set for a KPI, with its period and who set it; see `targets.best`.

    Goals are set for all and for size classes, so there is none for an industry or a plan.

    Args:
        published: the data.
        kpi: id in the registry.
        window: as for `compute`.
        segment: as for `compute`.
        terms: as for `compute`.
        by: as for `compute`.
        known: what `goals` found, where a caller asks for many KPIs.
    """
    if segment is not None and by != "segment":
        return None
    chosen = definition(kpi)
    span = _span(published, chosen, window, chosen.options(terms.policies))
    found = goals(published, terms) if known is None else known
    return targets.best(found, kpi, segment, window, span, chosen.adds_up)


def goals(published: Source, terms: Terms = DEFAULT_TERMS) -> list[Goal]:
    """Every goal of exports and ledger; see `targets.goals`."""
    month = published.fiscal_year_start_month
    return targets.goals(published.exported_targets, terms.targets, month)


def segments(published: Source, by: str = "segment") -> list[str]:
    """Segments by name, those in brackets (not said) last."""
    found = published.mart("mart_segments")
    names = [str(name) for name in found.loc[found["dimension"] == by, "segment"]]
    return sorted(names, key=lambda name: (name.startswith("("), name))


@dataclass
class _Row:
    """What one point, or one part at it, came to."""

    measures: dict[str, Any] | None = None
    dropped: list[Dropped] = field(default_factory=list)


class _Asked:
    """A KPI and the points it is asked at, as parameters of its statement."""

    def __init__(
        self,
        published: Source,
        chosen: Definition,
        points: Sequence[Point],
        terms: Terms,
        by: str,
    ) -> None:
        if by not in statement.DIMENSIONS:
            raise KeyError(by)
        self.chosen = chosen
        self.by = by
        self._published = published
        self._points = points
        self.options = [chosen.options({**terms.policies, **point.options}) for point in points]
        self._spans = [
            _span(published, chosen, point.window, options)
            for point, options in zip(points, self.options, strict=True)
        ]
        self._terms = terms

    @property
    def key(self) -> Hashable:
        """KPIs with the same key can be asked in one statement."""
        return self.chosen.mart, tuple(self._spans), tuple(map(self._reaching_mart, self.options))

    def _reaching_mart(self, options: Mapping[str, str]) -> Hashable:
        """Options that change the rows of the mart; others only reach the KPI's own expressions."""
        known = {**settled_options({}), **options}
        params = models.marts()[self.chosen.mart].params
        return tuple(known[name] for name in params if name in known)

    def settled(
        self, rows: Mapping[tuple[str, int, str | None], "_Row"], segment: str | None
    ) -> list[KpiValue]:
        """The value of each point."""
        lacking = _lacking(self._published, self.chosen)
        return [self._settled(place, rows, segment, lacking) for place in range(len(self._points))]

    def _settled(
        self,
        place: int,
        rows: Mapping[tuple[str, int, str | None], "_Row"],
        segment: str | None,
        lacking: str | None,
    ) -> KpiValue:
        chosen = self.chosen
        row = rows.get((chosen.kpi, place, None), _Row())
        measures = row.measures or self._over_nothing()
        computed, n = measures["value"], int(measures["n"] or 0)
        return settled(
            chosen,
            self._spans[place],
            segment,
            computed,
            n,
            hits=int(measures["hits"] or 0) if chosen.hits else None,
            dropped=sorted(row.dropped, key=lambda dropped: dropped.reason),
            beside=[
                Second(second.label, second.unit, number)
                for second, number in zip(chosen.beside, measures["beside"], strict=True)
            ],
            lacking=None if n > 0 and computed is not None else lacking,
            options=self.options[place],
            by=self.by,
        )

    def _over_nothing(self) -> dict[str, Any]:
        if self.chosen.kpi not in _OVER_NOTHING:
            text = statement.over_nothing(self.chosen)
            found = self._published.select(text, self.parameters(text, None))[0]
            _OVER_NOTHING[self.chosen.kpi] = found
        return _OVER_NOTHING[self.chosen.kpi]

    def parameters(
        self,
        text: str,
        segment: str | None,
        options: Sequence[Mapping[str, str]] | None = None,
        by_part: bool = False,
    ) -> dict[str, object]:
        """Exactly the parameters a statement declares; `options` of each point, else its own."""
        goals: list[list[Goal]] = [[] for _ in self._points]
        if self.chosen.covers == "quarter":
            goals = self._goals_of_quarters(is_for_all=segment is None and not by_part)
        columns: dict[str, object] = {
            "window_start": [span.start or BEGINNING for span in self._spans],
            "window_end": [span.end for span in self._spans],
            # The last day of the window, not of the span: a quarter is taken as it stands then
            "as_of": [point.window.last_day for point in self._points],
            "span_start": [span.start or BEGINNING for span in self._spans],
            "span_end": [span.end for span in self._spans],
            "goal_segments": [[goal.segment for goal in some] for some in goals],
            "goal_amounts": [[goal.target for goal in some] for some in goals],
            "part": segment,
            "dimension": self.by,
            "data_as_of": self._published.as_of,
        }
        for name, default in settled_options({}).items():
            columns[name] = [each.get(name, default) for each in options or self.options]
        return {name: columns[name] for name in statement.parameters(text)}

    def _goals_of_quarters(self, is_for_all: bool) -> list[list[Goal]]:
        """Goals for the won amount of each point's quarter; none for an industry or a plan.

        Goals of some segments are no goal for all.
        """
        if self.by != "segment" and not is_for_all:
            return [[] for _ in self._points]
        known = goals(self._published, self._terms)
        found = [targets.of_period(known, "won_amount", span) for span in self._spans]
        return [[] if is_for_all and all(goal.segment for goal in some) else some for some in found]


def _evaluated(
    published: Source, together: Sequence[_Asked], segment: str | None, by_part: bool
) -> dict[tuple[str, int, str | None], _Row]:
    """Measures and dropped rows by KPI, point and part; part None where `by_part` is False."""
    first = together[0]
    text = statement.values(tuple(one.chosen for one in together), first.by, by_part)
    found: dict[tuple[str, int, str | None], _Row] = {}
    options = [
        {name: option for own in at_point for name, option in own.items()}
        for at_point in zip(*(one.options for one in together), strict=True)
    ]
    for row in published.select(text, first.parameters(text, segment, options, by_part)):
        place = found.setdefault((row["kpi"], row["point"], row["part"]), _Row())
        if row["why"] is None:
            place.measures = row
        elif row["dropped"]:
            place.dropped.append(Dropped(str(row["why"]), int(row["dropped"])))
    return found


def _span(
    published: Source, chosen: Definition, window: Window, options: Mapping[str, str]
) -> Window:
    """The days a KPI is about, given the window the reader chose."""
    end = window.end
    days = {"day": 1, "week": 7, "use_month": int(options.get("month_days", 28))}
    if chosen.covers in days:
        return Window(end - days[chosen.covers] * DAY, end)
    if chosen.covers == "quarter":
        return quarter_of(window.last_day, published.fiscal_year_start_month)
    if chosen.covers == "retention" and window.start is None:
        return Window(add_months(end, -RETENTION_MONTHS), end)
    return window


def _lacking(published: Source, chosen: Definition) -> str | None:
    """What to say about the first kind of record the KPI needs and nobody has loaded."""
    loaded = published.loaded
    return next((say for kind, say in chosen.needs if not loaded.get(kind)), None)
