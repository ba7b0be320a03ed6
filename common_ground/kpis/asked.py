"""A KPI and the points it is asked at: days, options and goals in, measures out."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

import pandas as pd

from common_ground.kpis import statement, targets
from common_ground.kpis.policies import settled_options
from common_ground.kpis.registry import Definition
from common_ground.kpis.targets import Goal
from common_ground.kpis.terms import DEFAULT_TERMS, Terms
from common_ground.kpis.values import Dropped, KpiValue, Second, settled
from common_ground.kpis.windows import DAY, Window, add_months, quarter_of
from common_ground.warehouse import models

BEGINNING = date(1900, 1, 1)  # start of a window over all time, before any export
RETENTION_MONTHS = 12  # a retention needs an opening: all time becomes the trailing year

# Measures where no row counts, by KPI: the same in every workspace, so asked for once.
_OVER_NOTHING: Final[dict[str, "Measures"]] = {}


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
    def part_counts(self) -> Mapping[str, int]:
        """Parts of each dimension, see mart_segments."""
        ...

    @property
    def exported_targets(self) -> pd.DataFrame:
        """Targets as exports say, see mart_targets."""
        ...

    @property
    def kept(self) -> dict[Hashable, Any] | None:
        """Where answers are kept beside data that cannot change; None where it can."""
        ...


@dataclass(frozen=True)
class Point:
    """Where a KPI is evaluated: a window as chosen, under options of its policies."""

    window: Window
    options: Mapping[str, str] = field(default_factory=dict)


class Measures(NamedTuple):
    """The numbers of a KPI over some rows; `beside` in the order of its second numbers."""

    value: float | None
    n: int
    hits: int
    beside: Sequence[float | None]


@dataclass(slots=True)
class Row:
    """What one point, or one part at it, came to."""

    measures: Measures | None = None
    dropped: list[Dropped] = field(default_factory=list)


KEPT_AT_MOST: Final = 30_000  # points of KPIs, some 4 kB each; then it starts anew
PARTS_AT_MOST: Final = 60  # a dimension with more parts is asked about one part at a time

# What every part came to at one point of a KPI, by the part; None for all of them.
Parts = dict[str | None, Row]


class Asked:
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
            span_of(published, chosen, point.window, options)
            for point, options in zip(points, self.options, strict=True)
        ]
        self._terms = terms

    @property
    def key(self) -> Hashable:
        """KPIs with the same key can be asked in one statement."""
        return self.chosen.mart, tuple(self._spans), tuple(map(self._reaching_mart, self.options))

    def at(self, places: Sequence[int]) -> "Asked":
        """The same KPI at some of its points."""
        points = [self._points[place] for place in places]
        return Asked(self._published, self.chosen, points, self._terms, self.by)

    def known_by(self, is_for_all: bool) -> list[Hashable]:
        """What tells the answer of each point from every other answer about the same data."""
        dimension = None if is_for_all else self.by
        goals = self._goals(is_for_all)
        return [
            (
                self.chosen.kpi,
                dimension,
                span,
                point.window.last_day,
                tuple(options.items()),
                self._reaching_mart(options),
                tuple((goal.segment, goal.target) for goal in of_point),
            )
            for span, point, options, of_point in zip(
                self._spans, self._points, self.options, goals, strict=True
            )
        ]

    def _reaching_mart(self, options: Mapping[str, str]) -> Hashable:
        """Options that change the rows of the mart; others only reach the KPI's own expressions."""
        known = {**settled_options({}), **options}
        params = models.marts()[self.chosen.mart].params
        return tuple(known[name] for name in params if name in known)

    def settled(
        self, rows: Mapping[tuple[str, int, str | None], "Row"], segment: str | None
    ) -> list[KpiValue]:
        """The value of each point."""
        say = lacking(self._published, self.chosen)
        return [self._settled(place, rows, segment, say) for place in range(len(self._points))]

    def _settled(
        self,
        place: int,
        rows: Mapping[tuple[str, int, str | None], "Row"],
        segment: str | None,
        lacking: str | None,
    ) -> KpiValue:
        chosen = self.chosen
        row = rows.get((chosen.kpi, place, None), Row())
        measures = row.measures or self.over_nothing()
        computed, n = measures.value, measures.n
        return settled(
            chosen,
            self._spans[place],
            segment,
            computed,
            n,
            hits=measures.hits if chosen.hits else None,
            dropped=sorted(row.dropped, key=lambda dropped: dropped.reason),
            beside=[
                Second(second.label, second.unit, number)
                for second, number in zip(chosen.beside, measures.beside, strict=True)
            ],
            lacking=None if n > 0 and computed is not None else lacking,
            options=self.options[place],
            by=self.by,
        )

    def over_nothing(self) -> Measures:
        """What the KPI comes to where no row counts; asked once a process."""
        if self.chosen.kpi not in _OVER_NOTHING:
            text = statement.over_nothing(self.chosen)
            found = self._published.select(text, self.parameters(text, None))[0]
            _OVER_NOTHING[self.chosen.kpi] = _measures(found)
        return _OVER_NOTHING[self.chosen.kpi]

    def parameters(
        self,
        text: str,
        segment: str | None,
        options: Sequence[Mapping[str, str]] | None = None,
        by_part: bool = False,
    ) -> dict[str, object]:
        """Exactly the parameters a statement declares; `options` of each point, else its own."""
        goals = self._goals(is_for_all=segment is None and not by_part)
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

    def _goals(self, is_for_all: bool) -> list[list[Goal]]:
        """Goals for the won amount of each point's quarter; none for an industry or a plan.

        Goals of some segments are no goal for all. KPIs about other days need none.
        """
        if self.chosen.covers != "quarter" or (self.by != "segment" and not is_for_all):
            return [[] for _ in self._points]
        known = goals(self._published, self._terms)
        found = [targets.of_period(known, "won_amount", span) for span in self._spans]
        return [[] if is_for_all and all(goal.segment for goal in some) else some for some in found]


def evaluated(
    published: Source, together: Sequence[Asked], segment: str | None, by_part: bool
) -> dict[tuple[str, int, str | None], Row]:
    """Measures and dropped rows by KPI, point and part; part None where `by_part` is False.

    A point asked before is not asked again of data that cannot change: what a segment came to is
    kept with all parts of its dimension, unless they are many.
    """
    is_for_all = segment is None and not by_part
    kept = published.kept
    if kept is None or not (is_for_all or has_few_parts(published, together[0].by)):
        found = _asked_for(published, together, segment, by_part)
    else:
        found = _kept(published, kept, together, is_for_all)
        if segment is not None:
            found = {at: {None: parts[segment]} for at, parts in found.items() if segment in parts}
    return {
        (kpi, place, part): row
        for (kpi, place), parts in found.items()
        for part, row in parts.items()
    }


def has_few_parts(published: Source, by: str) -> bool:
    """Whether all parts of a dimension are computed and kept together."""
    return published.part_counts.get(by, 0) <= PARTS_AT_MOST


def _kept(
    published: Source, kept: dict[Hashable, Any], together: Sequence[Asked], is_for_all: bool
) -> dict[tuple[str, int], Parts]:
    """As `_asked_for`, asking only for points that are not kept. Nobody changes what is.

    With all parts each KPI is asked what it comes to where nothing counts, as in some part it may.
    """
    keys = [one.known_by(is_for_all) for one in together]
    of_places = list(zip(*keys, strict=True))
    known: dict[Hashable, Parts] = {
        key: parts
        for of_place in of_places
        for key in of_place
        if (parts := kept.get(key)) is not None
    }
    missing = {
        of_place: place
        for place, of_place in enumerate(of_places)
        if not known.keys() >= {*of_place}
    }
    if missing:
        asked = [one.at(list(missing.values())) for one in together]
        found = _asked_for(published, asked, None, by_part=not is_for_all)
        for one in () if is_for_all else asked:
            one.over_nothing()
        new = {
            key: found.get((one.chosen.kpi, row), {})
            for row, of_place in enumerate(missing)
            for one, key in zip(together, of_place, strict=True)
        }
        if len(kept) + len(new) > KEPT_AT_MOST:
            kept.clear()
        kept.update(new)
        known.update(new)
    return {
        (one.chosen.kpi, place): known[key]
        for place, of_place in enumerate(of_places)
        for one, key in zip(together, of_place, strict=True)
    }


def _asked_for(
    published: Source, together: Sequence[Asked], segment: str | None, by_part: bool
) -> dict[tuple[str, int], Parts]:
    first = together[0]
    text = statement.values(tuple(one.chosen for one in together), first.by, by_part)
    found: dict[tuple[str, int], Parts] = {}
    options = [
        {name: option for own in at_point for name, option in own.items()}
        for at_point in zip(*(one.options for one in together), strict=True)
    ]
    for row in published.select(text, first.parameters(text, segment, options, by_part)):
        parts = found.setdefault((row["kpi"], row["point"]), {})
        place = parts.setdefault(row["part"], Row())
        if row["why"] is None:
            place.measures = _measures(row)
        elif row["dropped"]:
            place.dropped.append(Dropped(str(row["why"]), int(row["dropped"])))
    return found


def _measures(row: Mapping[str, Any]) -> Measures:
    return Measures(row["value"], int(row["n"] or 0), int(row["hits"] or 0), row["beside"])


def span_of(
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


def lacking(published: Source, chosen: Definition) -> str | None:
    """What to say about the first kind of record the KPI needs and nobody has loaded."""
    loaded = published.loaded
    return next((say for kind, say in chosen.needs if not loaded.get(kind)), None)


def goals(published: Source, terms: Terms = DEFAULT_TERMS) -> list[Goal]:
    """Every goal of exports and ledger; see `targets.goals`."""
    month = published.fiscal_year_start_month
    return targets.goals(published.exported_targets, terms.targets, month)
