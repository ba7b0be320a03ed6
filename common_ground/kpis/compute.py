"""Evaluates registry entries over marts: one statement a KPI, for all points asked for."""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from common_ground.kpis import promises, statement, targets
from common_ground.kpis.asked import Asked, Point, Source, evaluated, goals, lacking, span_of
from common_ground.kpis.registry import AGREEMENTS, definition, definitions
from common_ground.kpis.targets import Goal
from common_ground.kpis.terms import DEFAULT_TERMS, Terms
from common_ground.kpis.values import KpiValue, wilson
from common_ground.kpis.windows import Window, month_ends, moved_to


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
    asked: dict[Hashable, list[Asked]] = {}
    for kpi in kpis:
        chosen = definition(kpi)
        if chosen.mart == AGREEMENTS:
            windows = [point.window for point in points]
            found[kpi] = promises.evaluate(chosen, terms.agreements, windows, segment)
            continue
        one = Asked(published, chosen, points, terms, by)
        asked.setdefault(one.key, []).append(one)
    for together in asked.values():
        rows = evaluated(published, together, segment, by_part=False)
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
    if chosen.mart != AGREEMENTS and lacking(published, chosen) is None:
        asked = Asked(published, chosen, [Point(window)], terms, by)
        for (_, _, part), row in evaluated(published, [asked], None, by_part=True).items():
            if part is None or row.measures is None or row.measures.n < 1:
                continue
            n, hits = row.measures.n, row.measures.hits
            shown = n >= chosen.min_rows
            low, high = wilson(hits, n) if chosen.hits and shown else (None, None)
            value = row.measures.value if shown else None
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
    asked = Asked(published, chosen, [Point(window)], terms, by)
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
    span = span_of(published, chosen, window, chosen.options(terms.policies))
    found = goals(published, terms) if known is None else known
    return targets.best(found, kpi, segment, window, span, chosen.adds_up)


def segments(published: Source, by: str = "segment") -> list[str]:
    """Segments by name, those in brackets (not said) last."""
    found = published.mart("mart_segments")
    names = [str(name) for name in found.loc[found["dimension"] == by, "segment"]]
    return sorted(names, key=lambda name: (name.startswith("("), name))
