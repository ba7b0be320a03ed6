"""A computed KPI: the number and everything that must be said beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, Literal

from common_ground.kpis.registry import Definition
from common_ground.kpis.windows import Window

State = Literal["ok", "too_few", "missing"]

WILSON_Z = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True)
class Dropped:
    """Rows that are in no number, and why."""

    reason: str
    rows: int


@dataclass(frozen=True)
class Second:
    """A second number on the same rows, such as the slowest 15 %."""

    label: str
    unit: str
    value: float | None


@dataclass(frozen=True)
class KpiValue:
    """One KPI for one window and segment.

    Attributes:
        kpi: id in the registry.
        segment: None for all.
        window: the days it is about, end excluded.
        value: None unless state is ok; money in the workspace currency, shares 0..1.
        n: things it rests on, see `Definition.counted`.
        unit: unit of value.
        policy: rules it follows, sentence by id.
        options: option of each policy people can choose.
        version: of the definition.
        dropped: rows left out, by reason.
        low, high: likely range (Wilson, 95 %) of a share of counts; None otherwise.
        reason: why value is None.
        state: ok, too_few (rows are there, not enough) or missing (an export is).
        computed: the number also when too few rows make it unfit to show.
        beside: second numbers.
        by: what `segment` is a value of.
    """

    kpi: str
    segment: str | None
    window: Window
    value: float | None
    n: int
    unit: str
    policy: dict[str, str]
    version: str
    dropped: tuple[Dropped, ...] = ()
    low: float | None = None
    high: float | None = None
    reason: str | None = None
    state: State = "ok"
    computed: float | None = None
    beside: tuple[Second, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    by: str = "segment"

    @property
    def is_export_missing(self) -> bool:
        """Whether there is no value because nothing is loaded that it could rest on."""
        return self.state == "missing" and self.n == 0 and self.computed is None


def settled(
    definition: Definition,
    window: Window,
    segment: str | None,
    computed: float | None,
    n: int,
    hits: int | None = None,
    dropped: Iterable[Dropped] = (),
    beside: Iterable[Second] = (),
    lacking: str | None = None,
    options: Mapping[str, str] | None = None,
    by: str = "segment",
) -> KpiValue:
    """A value with its state: what is lacking first, then too few rows, then no result.

    Args:
        definition: of the KPI.
        window: the days it is about.
        segment: None for all.
        computed: the number; None where the formula gives none.
        n: things it rests on.
        hits: of n, those counted, for a share of counts.
        dropped: rows left out.
        beside: second numbers.
        lacking: what to say about an export that is not loaded; None when all are.
        options: of its policies; the defaults unless given.
        by: what `segment` is a value of.
    """
    state: State = "ok"
    reason: str | None = None
    told = tuple(dropped)
    if lacking is not None:
        state, reason = "missing", lacking
    elif n < definition.min_rows:
        state, reason = "too_few", too_few(definition, n, told)
    elif computed is None:
        state, reason = "missing", definition.null_reason
    shown = state == "ok"
    low, high = wilson(hits, n) if hits is not None and shown else (None, None)
    return KpiValue(
        kpi=definition.kpi,
        segment=segment,
        window=window,
        value=computed if shown else None,
        n=n,
        unit=definition.unit,
        policy=definition.rules(options or {}),
        options=definition.options(options or {}),
        by=by,
        version=definition.version,
        dropped=told,
        low=low,
        high=high,
        reason=reason,
        state=state,
        computed=computed,
        beside=tuple(beside) if shown else (),
    )


def too_few(definition: Definition, n: int, dropped: Sequence[Dropped] = ()) -> str:
    """What to say when rows are there and not enough: "7 closed, a rate needs 10.".

    Where nothing is left, also why most rows were left out.
    """
    kind = "a rate" if definition.unit == "share" else "a figure"
    said = f"{n:,} {definition.counted}, {kind} needs {definition.min_rows}."
    if n or not dropped:
        return said
    most = max(dropped, key=lambda one: (one.rows, one.reason))
    return f"{said} Left out, {most.reason}: {most.rows:,}."


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    """Likely range of a share, 95 %.

    Args:
        hits: 0..n.
        n: at least 1 for a range.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
        Journal of the American Statistical Association 22 (1927).
    """
    if n <= 0:
        return None, None
    share, z = hits / n, WILSON_Z
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def as_json(value: KpiValue) -> dict[str, Any]:
    """A value as `kpis --json` prints it; plain types only."""
    return {
        "kpi": value.kpi,
        "segment": value.segment,
        "window": window_json(value.window),
        "value": value.value,
        "n": value.n,
        "unit": value.unit,
        "by": value.by,
        "policy": dict(value.policy),
        "options": dict(value.options),
        "version": value.version,
        "dropped": [{"reason": part.reason, "rows": part.rows} for part in value.dropped],
        "low": value.low,
        "high": value.high,
        "state": value.state,
        "reason": value.reason,
        "computed": value.computed,
        "beside": [
            {"label": part.label, "unit": part.unit, "value": part.value} for part in value.beside
        ],
    }


def window_json(window: Window) -> dict[str, str | None]:
    """A window as JSON: start (null: from the beginning) and end, which is not counted."""
    start = window.start.isoformat() if window.start else None
    return {"start": start, "end": window.end.isoformat()}
