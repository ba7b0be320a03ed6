"""Shared KPIs as slides: one table a side, each row with value, n, target and definition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common_ground.charts import format
from common_ground.pack import signing
from common_ground.pack.signing import Signed
from common_ground.pack.slides import Mark, Number, Row, Slide, Table
from common_ground.pack.words import Writer

# Room for rows between the header and the foot, and what a row of so many lines takes, in px.
ROOM = 740
LINE, PADDING = 24, 22
LETTERS = 60  # of a line of the last column, at least
_ORDER = ("shared", "sales", "product")
_EQUALS = f"n{format.NO_BREAK}={format.NO_BREAK}"
_WIDTHS = (2.9, 1.3, 1.4, 2.2, 1.8, 5)
_WIDTHS_SIGNED = (2.85, 1.5, 1.5, 1.85, 1.95, 1.4, 4.75)


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
        before: the value it is compared with; None where it cannot be told.
        target: what both agreed on; None for no target.
        since: words after the change, such as "in 3 months"; empty where nothing is compared.
        signed: who signed the definition; None where nobody is asked to.
    """

    definition: Definition
    now: Value
    before: float | None = None
    target: float | None = None
    since: str = ""
    signed: Signed | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is a value to show."""
        return self.now.state == "ok" and self.now.value is not None


def mark_of(side: str) -> Mark:
    """The mark of a side named in the registry."""
    return "sales" if side == "sales" else "product" if side == "product" else "shared"


def _writer(line: KpiLine, currency: str) -> Writer:
    return Writer(line.now.unit, currency, line.now.n)


def shown(line: KpiLine, currency: str) -> str:
    """The value with its unit, or what stands in its place."""
    if line.is_known and line.now.value is not None:
        return _writer(line, currency).full(line.now.value)
    return "Too few" if line.now.state == "too_few" else "Not loaded"


def likely(line: KpiLine) -> str:
    """The likely range of a rate: "likely 22 to 41 %"; empty without one."""
    low, high = line.now.low, line.now.high
    if not line.is_known or low is None or high is None:
        return ""
    return f"likely {format.count(low * 100)} to {format.share(high)}"


def change(line: KpiLine, currency: str) -> str:
    """The change since the value compared with; empty where it cannot be told."""
    if not line.is_known or line.now.value is None or line.before is None:
        return ""
    return _writer(line, currency).change(line.now.value, line.before)


def target(line: KpiLine, currency: str) -> str:
    """The target and the distance to it; empty without a target."""
    if line.target is None:
        return ""
    writer = _writer(line, currency)
    if not line.is_known or line.now.value is None:
        return writer.full(line.target)
    if not _is_met(line, currency) and _is_in_range(line):
        return f"{writer.full(line.target)}, in range"
    return writer.distance(line.now.value, line.target, line.definition.better)


def rows(line: KpiLine) -> str:
    """How many rows made the value, and of what: "86 closed"."""
    return f"{format.count(line.now.n)}{format.NO_BREAK}{line.definition.counted}"


def moved(line: KpiLine, currency: str) -> str:
    """The change and what it is compared with: "+1 pt in 3 months"; empty as `change` is."""
    changed = change(line, currency)
    return f"{changed} {line.since}".rstrip() if changed else ""


def in_full(line: KpiLine) -> str:
    """The definition with its version and who signed it."""
    said = f"{line.definition.label}: {line.definition.definition}"
    return said if line.signed is None else f"{said} {signing.in_full(line.signed)}"


def number(line: KpiLine, currency: str) -> Number:
    """A KPI as a headline number."""
    writer = _writer(line, currency)
    is_told = line.is_known and line.now.value is not None
    aimed = target(line, currency)
    unsigned = signing.beside(line.signed)
    return Number(
        line.definition.label,
        writer.number(line.now.value or 0.0) if is_told else shown(line, currency),
        writer.after if is_told else "",
        (
            ", ".join(part for part in (moved(line, currency), likely(line)) if part)
            or (line.now.reason or ""),
            f"{f'Target {aimed}' if aimed else 'No target set'}. {_EQUALS}{rows(line)}",
            *((unsigned,) if unsigned else ()),
        ),
        mark_of(line.definition.side),
    )


def kpi_slides(
    lines: Sequence[KpiLine], currency: str, kicker: str, facts: tuple[str, ...] = ()
) -> tuple[Slide, ...]:
    """KPIs as a table, shared ones first, then sales and product; more slides for more rows.

    Args:
        lines: in the order of the registry.
        currency: ISO code.
        kicker: the line above each title.
        facts: window and segment, for the foot.
    """
    ordered = sorted(lines, key=lambda line: _ORDER.index(mark_of(line.definition.side)))
    return tuple(
        _slide(some, f"kpis-{place}" if place > 1 else "kpis", kicker, currency, facts)
        for place, some in enumerate(_in_slides(ordered), start=1)
    )


def _in_slides(lines: Sequence[KpiLine]) -> list[list[KpiLine]]:
    """As many KPIs a slide as there is room for."""
    slides: list[list[KpiLine]] = []
    room = 0
    for line in lines:
        height = PADDING + LINE * max(2, -(-len(_meaning(line)) // LETTERS))
        if height > room:
            slides.append([])
            room = ROOM
        slides[-1].append(line)
        room -= height
    return slides


def _slide(
    lines: Sequence[KpiLine], key: str, kicker: str, currency: str, facts: tuple[str, ...]
) -> Slide:
    signed = [line.signed for line in lines if line.signed is not None]
    compared = _compared(lines)
    column = ("Signed",) if signed else ()
    headers = ("KPI", "Value", compared or "Change", "Target", "n", *column, "What it is")
    return Slide(
        key=key,
        kicker=kicker,
        title=_title(lines, currency),
        table=Table(
            headers,
            tuple(_row(line, currency, bool(compared), bool(signed)) for line in lines),
            (1, 2, 4),
            _WIDTHS_SIGNED if signed else _WIDTHS,
            (len(headers) - 1,),
        ),
        definitions=tuple(
            f"{line.definition.label}: {line.definition.definition}" for line in lines
        ),
        in_full=tuple(in_full(line) for line in lines) if signed else (),
        facts=(*facts, *((signing.counted(signed),) if signed else ())),
    )


def _compared(lines: Sequence[KpiLine]) -> str:
    """What all changes are compared with, as a header; empty where it is not one thing."""
    found = {line.since for line in lines if line.since}
    only = found.pop() if len(found) == 1 else ""
    return f"{only[:1].upper()}{only[1:]}"


def _row(line: KpiLine, currency: str, header_says_since: bool, has_signed: bool) -> Row:
    changed = change(line, currency) if header_says_since else moved(line, currency)
    cells = (
        line.definition.label,
        shown(line, currency),
        changed or format.NONE,
        target(line, currency) or format.NONE,
        rows(line),
        *((signing.short(line.signed),) if has_signed else ()),
        _meaning(line),
    )
    return Row(cells, mark_of(line.definition.side))


def _meaning(line: KpiLine) -> str:
    """The first sentence of the definition, or why there is no value.

    The whole definition stands in the notes and unfolds in the HTML pack.
    """
    if not line.is_known:
        return line.now.reason or ""
    first, dot, _ = line.definition.definition.partition(". ")
    return f"{first}." if dot else first


def _title(lines: Sequence[KpiLine], currency: str) -> str:
    """What the table shows, as one sentence that claims no more than the likely ranges allow."""
    known = [line for line in lines if line.is_known]
    aimed = [line for line in known if line.target is not None]
    if aimed:
        return _against_targets(aimed, currency)
    if not known:
        return f"None of these {len(lines)} KPIs can be told from the data yet"
    first = f"{known[0].definition.label} is {shown(known[0], currency)}"
    unknown = len(lines) - len(known)
    return f"{first}, {unknown} of {len(lines)} KPIs cannot be told yet" if unknown else first


def _against_targets(aimed: Sequence[KpiLine], currency: str) -> str:
    missed = [line for line in aimed if not _is_met(line, currency) and not _is_in_range(line)]
    if len(aimed) == 1:
        return _of_one(aimed[0], bool(missed), currency)
    with_target = f"{format.plural(len(aimed), 'KPI')} with a target"
    if not missed:
        return f"None of {with_target} clearly misses it"
    worst = max(missed, key=lambda line: (_miss(line), line.definition.kpi))
    aim = _writer(worst, currency).full(worst.target or 0.0)
    verb = "misses" if len(missed) == 1 else "miss"
    return (
        f"{len(missed)} of {with_target} {verb} it, {_named(worst)} by most: "
        f"{shown(worst, currency)} against {aim}"
    )


def _of_one(line: KpiLine, is_missed: bool, currency: str) -> str:
    said = f"{line.definition.label} is {shown(line, currency)}"
    aim = _writer(line, currency).full(line.target or 0.0)
    if is_missed:
        return f"{said} against a target of {aim}"
    met = "at its target of" if _is_met(line, currency) else "its range reaches the target of"
    return f"{said}, {met} {aim}"


def _named(line: KpiLine) -> str:
    """The label inside a sentence: "win rate", but "NRR"."""
    label = line.definition.label
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _is_met(line: KpiLine, currency: str) -> bool:
    writer = _writer(line, currency)
    return writer.is_met(line.now.value or 0.0, line.target or 0.0, line.definition.better)


def _is_in_range(line: KpiLine) -> bool:
    """Whether the target lies in the likely range of a rate, so that nothing is clear."""
    low, high, aim = line.now.low, line.now.high, line.target
    return low is not None and high is not None and aim is not None and low <= aim <= high


def _miss(line: KpiLine) -> float:
    """Distance to the target as a share of the target, so that units can be compared."""
    aim = line.target or 0.0
    return abs((line.now.value or 0.0) - aim) / abs(aim) if aim else float("inf")
