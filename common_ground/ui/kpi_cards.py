"""A KPI as a card: value, what changed, how far the target is, rows behind it, who signed it."""

from typing import Final

import pandas as pd

from common_ground import kpis
from common_ground.charts import format, sparkline
from common_ground.kpi_lines import Told
from common_ground.pack import kpi_slides
from common_ground.ui import html
from common_ground.ui.frame import theme

# Who signed, in words beside the name; where it is both or one side, with the symbol.
SIGNED: Final = {
    "signed": "signed",
    "one_side": "signed, one side",
    "unsigned": "not signed",
    "changed": "changed since signed",
    "disputed": "disputed",
}


def card(told: Told, currency: str, *, large: bool = False, with_symbol: bool = False) -> html.Html:
    """One KPI of the registry as a card, in the same words as on its slide.

    Args:
        told: the KPI.
        currency: ISO code.
        large: True for the headline numbers of Brief.
        with_symbol: True where no group says whose KPI it is.
    """
    line = told.line
    definition = kpis.definition(line.definition.kpi)
    side = kpi_slides.mark_of(definition.side) if with_symbol else None
    shown_side: html.Side | None = side if side in ("sales", "product", "shared") else None
    aim = kpi_slides.target(line, currency)
    target = f"Target {aim}" if aim else "No target set"
    if not line.is_known:
        few = line.now.state == "too_few"
        behind = f"n = {format.count(line.now.n)} of {format.count(definition.min_rows)}"
        return html.kpi_without_value(
            definition.label,
            kpi_slides.shown(line, currency),
            line.now.reason or "",
            target,
            behind if few else "",
            side=shown_side,
            large=large,
            hint=definition.definition,
            mark=signed(line),
        )
    number = kpi_slides.number(line, currency)
    return html.kpi_card(
        definition.label,
        number.value,
        number.unit,
        change(line, currency),
        target,
        f"n = {format.count(line.now.n)} {definition.counted}",
        side=shown_side,
        line=picture(definition, told.past, line.target),
        large=large,
        hint=definition.definition,
        mark=signed(line),
    )


def signed(line: kpi_slides.KpiLine) -> html.Html:
    """Whether both sides signed the definition: a symbol and words; bold where they disagree."""
    if line.signed is None:
        return html.build("")
    state, words = line.signed.state, SIGNED[line.signed.state]
    if state == "signed":
        return html.named("shared", words)
    if state == "one_side":
        side: html.Side = "sales" if line.signed.sales is not None else "product"
        return html.named(side, words)
    return html.strong(words) if state in ("changed", "disputed") else html.soft(words)


def change(line: kpi_slides.KpiLine, currency: str) -> str:
    """What moved, and the likely range of a rate: "+1 pt in 3 months, likely 22 to 41 %"."""
    moved = kpi_slides.change(line, currency)
    told = {"": "", "unchanged": f"unchanged {line.since}"}.get(moved, f"{moved} {line.since}")
    if line.since == "on target":
        told = ""
    parts = [part for part in (told, kpi_slides.likely(line)) if part]
    return ", ".join(parts) or "nothing to compare with"


def picture(
    definition: kpis.Definition, past: pd.DataFrame, target: float | None
) -> html.Html | str:
    """The last twelve months as a small line; empty when there is none to draw."""
    side = kpi_slides.mark_of(definition.side)
    values = [None if pd.isna(value) else float(value) for value in past["value"]]
    drawn = sparkline.line(
        values, target, side if side in ("sales", "product") else "shared", theme()
    )
    return html.image(drawn, f"{definition.label} over 12 months") if drawn else ""
