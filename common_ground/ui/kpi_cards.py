"""A KPI as a card: its value in words, what changed, how far the target is, how many rows."""

import pandas as pd

from common_ground import kpis, meeting
from common_ground.charts import format, sparkline
from common_ground.pack import kpi_slides
from common_ground.ui import cache, html
from common_ground.ui.frame import theme


def card(
    kpi: str,
    window: kpis.Window,
    currency: str,
    segment: str | None = None,
    *,
    large: bool = False,
    with_symbol: bool = False,
) -> html.Html:
    """One KPI of the registry as a card, in the same words as on its slide.

    Args:
        kpi: id in the registry.
        window: what the value is about.
        currency: ISO code.
        segment: None for all.
        large: True for the headline numbers of Brief.
        with_symbol: True where no group says whose KPI it is.
    """
    line = cache.kpi_line(kpi, window, segment)
    definition = kpis.definition(kpi)
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
        line=picture(definition, cache.kpi_history(kpi, window, segment), line.target),
        large=large,
        hint=definition.definition,
    )


def change(line: kpi_slides.KpiLine, currency: str) -> str:
    """What moved in three months, and the likely range of a rate: "+1 pt in 3 months"."""
    moved = kpi_slides.change(line, currency)
    within = f"in {meeting.CHANGE_MONTHS} months"
    told = {"": "", "no change": f"unchanged {within}"}.get(moved, f"{moved} {within}")
    parts = [part for part in (told, kpi_slides.likely(line)) if part]
    return ", ".join(parts) or "no value of three months ago"


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
