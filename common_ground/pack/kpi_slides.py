"""Shared KPIs as slides: one table a side, each row with value, n, target and definition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common_ground.charts import format
from common_ground.pack import words
from common_ground.pack.slides import Mark, Number, Row, Slide, Table

ROWS_A_SLIDE = 9  # two lines each; a tenth would touch the foot
_SIDES: tuple[tuple[Mark, str], ...] = (
    ("shared", "Shared KPIs"),
    ("sales", "Sales KPIs"),
    ("product", "Product KPIs"),
)


class Definition(Protocol):
    """What the KPI registry says about a KPI."""

    @property
    def kpi(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def side(self) -> str: ...  # noqa: D102
    @property
    def better(self) -> str: ...  # noqa: D102
    @property
    def counted(self) -> str: ...  # noqa: D102
    @property
    def definition(self) -> str: ...  # noqa: D102


class Value(Protocol):
    """A computed KPI."""

    @property
    def value(self) -> float | None: ...  # noqa: D102
    @property
    def n(self) -> int: ...  # noqa: D102
    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def reason(self) -> str | None: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class KpiLine:
    """A KPI with what it is compared with.

    Attributes:
        definition: from the registry.
        now: its value.
        before: the value three months ago; None where it cannot be told.
        target: what both agreed on; None for no target.
    """

    definition: Definition
    now: Value
    before: float | None = None
    target: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is a value to show."""
        return self.now.state == "ok" and self.now.value is not None


def mark_of(side: str) -> Mark:
    """The mark of a side named in the registry."""
    return "sales" if side == "sales" else "product" if side == "product" else "shared"


def shown(line: KpiLine, currency: str) -> str:
    """The value with its unit, or what stands in its place."""
    if line.is_known and line.now.value is not None:
        return words.value(line.now.value, line.now.unit, currency)
    return "Too few" if line.now.state == "too_few" else "No data"


def likely(line: KpiLine) -> str:
    """The likely range of a rate: "likely 22 to 41 %"; empty without one."""
    low, high = line.now.low, line.now.high
    if not line.is_known or low is None or high is None:
        return ""
    return f"likely {format.count(low * 100)} to {format.share(high)}"


def change(line: KpiLine, currency: str) -> str:
    """The change in three months; empty where it cannot be told."""
    if not line.is_known or line.now.value is None or line.before is None:
        return ""
    return words.change(line.now.value, line.before, line.now.unit, currency)


def target(line: KpiLine, currency: str) -> str:
    """The target and the distance to it; empty without a target."""
    if line.target is None:
        return ""
    if not line.is_known or line.now.value is None:
        return words.value(line.target, line.now.unit, currency)
    unit, better = line.now.unit, line.definition.better
    return words.against_target(line.now.value, line.target, unit, better, currency)


def number(line: KpiLine, currency: str) -> Number:
    """A KPI as a headline number."""
    said = shown(line, currency)
    value, _, unit = said.partition(format.NO_BREAK) if line.is_known else (said, "", "")
    changed = change(line, currency)
    first = f"{changed} in 3 months" if changed not in ("", "no change") else changed
    aimed = target(line, currency)
    second = f"Target {aimed}" if aimed else "No target set"
    return Number(
        line.definition.label,
        value,
        unit,
        (
            ", ".join(part for part in (first, likely(line)) if part) or (line.now.reason or ""),
            f"{second}. n{format.NO_BREAK}={format.NO_BREAK}{format.count(line.now.n)}",
        ),
        mark_of(line.definition.side),
    )


def kpi_slides(
    lines: Sequence[KpiLine], currency: str, kicker: str, facts: tuple[str, ...] = ()
) -> tuple[Slide, ...]:
    """KPIs as tables, one slide a side (shared, sales, product), more where a side has many.

    Args:
        lines: in the order of the registry.
        currency: ISO code.
        kicker: the line above each title.
        facts: window and segment, for the foot.
    """
    made: list[Slide] = []
    for mark, name in _SIDES:
        of_side = [line for line in lines if mark_of(line.definition.side) == mark]
        for start in range(0, len(of_side), ROWS_A_SLIDE):
            part = of_side[start : start + ROWS_A_SLIDE]
            key = f"kpis-{mark}" + (f"-{start // ROWS_A_SLIDE + 1}" if start else "")
            made.append(_slide(part, key, f"{kicker}, {name.lower()}", currency, facts))
    return tuple(made)


def _slide(
    lines: Sequence[KpiLine], key: str, kicker: str, currency: str, facts: tuple[str, ...]
) -> Slide:
    rows = tuple(
        Row(
            (
                line.definition.label,
                shown(line, currency),
                change(line, currency) or format.NONE,
                target(line, currency) or format.NONE,
                format.count(line.now.n),
                _meaning(line),
            ),
            mark_of(line.definition.side),
        )
        for line in lines
    )
    headers = ("KPI", "Value", "In 3 months", "Target", "n", "What it is")
    return Slide(
        key=key,
        kicker=kicker,
        title=_title(lines, currency),
        table=Table(headers, rows, (1, 2, 4), (2.6, 1.5, 1.35, 2.3, 0.8, 5)),
        definitions=tuple(
            f"{line.definition.label}: {line.definition.definition}" for line in lines
        ),
        facts=facts,
    )


def _meaning(line: KpiLine) -> str:
    """The definition, or why there is no value."""
    if line.is_known:
        parts = (line.definition.definition, f"n: {line.definition.counted}.")
        return " ".join(part for part in parts if part)
    return line.now.reason or line.definition.definition


def _title(lines: Sequence[KpiLine], currency: str) -> str:
    """What the table shows, as one sentence."""
    known = [line for line in lines if line.is_known]
    aimed = [line for line in known if line.target is not None]
    if aimed:
        missed = [line for line in aimed if not _is_met(line)]
        if not missed:
            every = "The one KPI" if len(aimed) == 1 else f"All {len(aimed)} KPIs"
            verb = "meets" if len(aimed) == 1 else "meet"
            return f"{every} with a target {verb} it"
        worst = max(missed, key=lambda line: (_miss(line), line.definition.kpi))
        met = f"{len(aimed) - len(missed)} of {format.plural(len(aimed), 'KPI')} with a target"
        verb = "meets" if len(aimed) == 1 or len(aimed) - len(missed) == 1 else "meet"
        return (
            f"{met} {verb} it, {_named(worst)} is furthest off: "
            f"{shown(worst, currency)} against {words.value(_aim(worst), worst.now.unit, currency)}"
        )
    if known:
        first = known[0]
        unknown = len(lines) - len(known)
        rest = f", {unknown} of {len(lines)} KPIs lack data" if unknown else ""
        return f"{first.definition.label} is {shown(first, currency)}{rest}"
    return f"None of these {len(lines)} KPIs can be told from the data yet"


def _named(line: KpiLine) -> str:
    """The label inside a sentence: "win rate", but "NRR"."""
    label = line.definition.label
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _aim(line: KpiLine) -> float:
    return line.target if line.target is not None else 0.0


def _is_met(line: KpiLine) -> bool:
    return words.is_met(line.now.value or 0.0, _aim(line), line.definition.better)


def _miss(line: KpiLine) -> float:
    """Distance to the target as a share of the target, so that units can be compared."""
    aim = _aim(line)
    return abs((line.now.value or 0.0) - aim) / abs(aim) if aim else float("inf")
