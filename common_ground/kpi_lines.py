"""A KPI with all that is said beside it: comparison, target, who signed it, other rules.

Pages, commands and the pack call these functions, so that each shows the same numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from common_ground import kpis
from common_ground.ledger import Ledger
from common_ground.pack import kpi_slides
from common_ground.pack.kpi_slides import KpiLine
from common_ground.warehouse.published import Data


def terms(ledger: Ledger) -> kpis.Terms:
    """What the ledger holds that KPIs depend on, as it stands now."""
    chosen = ledger.policies()
    return kpis.Terms(
        agreements=ledger.agreements(),
        policies=dict(zip(chosen["policy"], chosen["option"], strict=True)),
        targets=ledger.targets(),
        signatures=ledger.signatures(),
    )


def headline_view(data: Data) -> kpis.View:
    """What Brief and the pack show: the trailing twelve months, all segments."""
    return kpis.view("trailing_12_months", data.as_of, data.fiscal_year_start_month)


@dataclass(frozen=True)
class Told:
    """A KPI with what is said beside it, and its last twelve months.

    Attributes:
        line: value, comparison, target, who signed it.
        past: as `kpis.as_history` gives it.
        before: what the value is compared with; None where it is compared with nothing.
    """

    line: KpiLine
    past: pd.DataFrame
    before: kpis.KpiValue | None


def all_told(
    data: Data, names: Sequence[str], view: kpis.View, terms: kpis.Terms
) -> dict[str, Told]:
    """KPIs with what each is compared with, its target, who signed it, and its last months.

    Args:
        data: published data.
        names: ids in the registry.
        view: window, segment and comparison.
        terms: of the ledger.
    """
    months = kpis.month_points(view.window)
    compared = [kpis.Point(view.compared)] if view.compared else []
    found = kpis.all_at_points(data, names, [*months, *compared], view.segment, terms, view.by)
    goals = kpis.goals(data, terms)
    told: dict[str, Told] = {}
    for name in names:
        entry, values = kpis.definition(name), found[name]
        before = values[len(months) :] if entry.history else []
        line = KpiLine(
            definition=entry,
            now=values[len(months) - 1],
            before=before[0].value if before else None,
            target=_target(data, name, view, terms, goals, found),
            since=kpis.COMPARISONS[view.compare][1],
            signed=kpis.standing(entry, terms),
        )
        past = kpis.as_history(name, months, values[: len(months)])
        told[name] = Told(line, past, before[0] if before else None)
    return told


def look_ahead(data: Data, terms: kpis.Terms) -> Iterator[None]:
    """Compute what a reader of the headline view can choose next, so that it is kept with the data.

    Every window and comparison for all and for each part of each dimension that has not too many,
    and every day for all.

    Args:
        data: published data, which keeps what is computed; see `Data.kept`.
        terms: of the ledger.

    Yields:
        after every second or so of work, so that it can be left.
    """
    month, names = data.fiscal_year_start_month, kpis.known_kpis()
    windows = [
        kpis.view(window, data.as_of, month, compare=compare)
        for window in kpis.NAMED
        for compare in kpis.COMPARISONS
    ]
    earlier = [
        kpis.view("trailing_12_months", day, month, compare="year")
        for day in kpis.days_offered(data.as_of)
    ]
    kpis.all_at_points(data, names, _points([*windows, *earlier]), None, terms)
    yield
    points = _points(windows)
    for by in kpis.DIMENSIONS:
        parts = kpis.segments(data, by)
        if parts and kpis.has_few_parts(data, by):
            # What one part came to is kept with the others
            kpis.all_at_points(data, names, points, parts[0], terms, by)
            yield


def _points(views: Sequence[kpis.View]) -> list[kpis.Point]:
    """Points the page asks for in these views, each once."""
    found: dict[kpis.Window, None] = {}
    for view in views:
        found.update((point.window, None) for point in kpis.month_points(view.window))
        if view.compared:
            found[view.compared] = None
    return [kpis.Point(window) for window in found]


def _target(
    data: Data,
    kpi: str,
    view: kpis.View,
    terms: kpis.Terms,
    goals: Sequence[kpis.Goal],
    found: Mapping[str, Sequence[kpis.KpiValue]],
) -> float | None:
    """As `kpis.target`, without asking again for what is known."""
    goal = kpis.goal(data, kpi, view.window, view.segment, terms, view.by, goals)
    required = kpis.definition(kpi).required
    if goal is not None:
        return float(goal.target)
    if not required:
        return None
    if required in found:
        return kpis.one_over(found[required][len(kpis.month_points(view.window)) - 1])
    return kpis.target(data, kpi, view.window, view.segment, terms, view.by)


def history(data: Data, kpi: str, view: kpis.View, terms: kpis.Terms) -> pd.DataFrame:
    """A KPI at the view's last day and the eleven month ends before it; see `kpis.as_history`."""
    return kpis.history(data, kpi, view.window, view.segment, terms, view.by)


def by_segment(data: Data, kpi: str, view: kpis.View, by: str, terms: kpis.Terms) -> pd.DataFrame:
    """A KPI for each segment, industry, region, plan or owner; see `kpis.by_segment`."""
    return kpis.by_segment(data, kpi, view.window, terms, by)


def rows_behind(data: Data, kpi: str, view: kpis.View, terms: kpis.Terms) -> pd.DataFrame:
    """The rows a KPI rests on and those left out; see `kpis.rows_behind`."""
    return kpis.rows_behind(data, kpi, view.window, view.segment, terms, view.by)


def value_of(line: KpiLine) -> kpis.KpiValue:
    """The computed value of a line, with its policies and dropped rows."""
    assert isinstance(line.now, kpis.KpiValue)
    return line.now


def as_json(data: Data, told: Told, view: kpis.View, terms: kpis.Terms) -> dict[str, object]:
    """A KPI as `kpis --json` prints it: its value, and all that is said beside it on the page."""
    line, kpi = told.line, told.line.definition.kpi
    entry = kpis.definition(kpi)
    stands = kpis.standing(entry, terms)
    goal = kpis.goal(data, kpi, view.window, view.segment, terms, view.by)
    signed = {"sales": stands.sales, "product": stands.product}
    return {
        **kpis.as_json(value_of(line)),
        "definition": entry.definition,
        "before": line.before,
        "compared_with": None if told.before is None else kpis.window_json(told.before.window),
        "target": line.target,
        "target_set_by": goal.set_by if goal else None,
        "owners": {"sales": entry.sales_owner, "product": entry.product_owner},
        "signing": stands.state,
        "signed_by": {side: one.signed_by for side, one in signed.items() if one},
        "fingerprint": stands.fingerprint,
        "alternatives": [
            {
                "policy": other.policy.policy,
                "option": other.option,
                "value": other.value.value,
                "n": other.value.n,
                "is_chosen": other.is_chosen,
            }
            for other in kpis.alternatives(data, kpi, view, terms)
        ],
    }


def as_text(line: KpiLine, currency: str) -> str:
    """A KPI as `kpis` prints it: label, value or why there is none, n, who signed it."""
    value = value_of(line)
    told = value.reason if value.value is None else kpi_slides.shown(line, currency)
    rests_on = f"n = {value.n:,} {line.definition.counted}"
    signed = f"; {line.signed.words}" if line.signed else ""
    return f"{line.definition.label}: {told} ({rests_on}{signed})"
