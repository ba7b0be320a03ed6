"""The board of Shared KPIs: every KPI of a view, the answer, and three cards a side."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from common_ground import kpi_lines, kpis
from common_ground.charts import format
from common_ground.kpi_lines import Told
from common_ground.pack import kpi_slides
from common_ground.pack.kpi_slides import KpiLine
from common_ground.pack.words import Writer
from common_ground.ui import html, kpi_cards
from common_ground.warehouse.published import Data

CARDS_A_SIDE: Final = 3
NAMES: Final[dict[html.Side, str]] = {"sales": "Sales", "shared": "Shared", "product": "Product"}
# Opened first where the exports allow: the one both sides can only move together.
FIRST: Final = ("request_to_ship_days", "nrr", "win_rate", "mau")


@dataclass(frozen=True)
class Board:
    """Every KPI for one view.

    Attributes:
        told: by id, in the order of the registry.
        currency: ISO code.
    """

    told: dict[str, Told]
    currency: str

    @property
    def lines(self) -> list[KpiLine]:
        """Value, comparison and target of each KPI."""
        return [each.line for each in self.told.values()]

    def of_side(self, side: str) -> list[KpiLine]:
        """KPIs of a side; those with the exports they need first."""
        found = [line for line in self.lines if line.definition.side == side]
        return sorted(found, key=lambda line: line.now.state == "missing")

    def shown(self) -> list[str]:
        """KPIs on cards, row by row, sales left and product right."""
        sides = [self.of_side(side) for side in NAMES]
        return [lines[place].definition.kpi for place in range(CARDS_A_SIDE) for lines in sides]

    @property
    def first(self) -> str:
        """The KPI whose trend opens first."""
        loaded = [kpi for kpi, each in self.told.items() if each.line.now.state != "missing"]
        return next((kpi for kpi in FIRST if kpi in loaded), next(iter(self.told)))


def board(data: Data, view: kpis.View, terms: kpis.Terms) -> Board:
    """Every KPI of a view; see `Board`."""
    return Board(kpi_lines.all_told(data, kpis.known_kpis(), view, terms), data.currency)


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
    side = html_side(worst)
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
        html.said_by(html_side(first), kpi_slides.shown(first, known.currency)),
        ".",
    ]


def cards(known: Board, chosen: str) -> None:
    """Three columns, sales left and product right: a rule with the side's name, three cards.

    A card is a button: it opens the KPI's trend.
    """
    html.show(html.grid([_side_head(side, known) for side in NAMES], "3"))
    shown = known.shown()
    for start in range(0, len(shown), len(NAMES)):
        for column, kpi in zip(st.columns(3), shown[start : start + 3], strict=True):
            with column, st.container(key=f"kpicard_{kpi}"):
                card = kpi_cards.card(known.told[kpi], known.currency)
                html.show(
                    html.build('<div class="cg-chosen">{}</div>', card) if kpi == chosen else card
                )
                label = kpis.definition(kpi).label
                st.button(f"Open {label}", key=f"open_{kpi}", on_click=_open, args=(label,))


def _open(label: str) -> None:
    st.session_state["kpi"] = label


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


def rows_behind(known: Board) -> str:
    """Rows behind the page, as the foot names them."""
    told = []
    for kpi, word in (("win_rate", "closed deals"), ("nrr", "accounts"), ("mau", "people")):
        n = known.told[kpi].line.now.n
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


def html_side(line: KpiLine) -> html.Side:
    """Whose colour a KPI has."""
    sides: dict[str, html.Side] = {"sales": "sales", "product": "product"}
    return sides.get(line.definition.side, "shared")
