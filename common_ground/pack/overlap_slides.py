"""The overlap as a slide: where both sides pull, and what only one of them wants."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from common_ground.analysis.overlap import Overlap
from common_ground.charts import format, overlap_map
from common_ground.pack.slides import (
    Bar,
    Bars,
    Column,
    Mark,
    Points,
    PointSet,
    Slide,
    TextList,
    shorten,
)

MARKS: Final[dict[str, Mark]] = {
    "both": "shared",
    "only_sales": "sales",
    "only_product": "product",
    "exists": "exists",
    "usage_disagrees": "disagrees",
}
DEFINITIONS: Final = (
    "Pull of sales: money of all open deals that ask for it; deals that ask for several things "
    "count under each.",
    "Pull of product: accounts active in its area × impact × confidence.",
    "Hatched or hollow: rests on suggested links.",
)
_NAMED: Final = 4  # of each side; a fifth would run into the request
_MAP_HEIGHT: Final = 580  # px; places of names are found for it
_LABELLED: Final = 8  # points named on the native chart


def class_bars(overlap: Overlap, currency: str) -> Bars:
    """The five classes with their money, each deal split over what it asks for."""
    return Bars(
        tuple(_class_bar(row, currency) for row in overlap.classes.to_dict("records")),
        f"Open money in {currency}, each deal split over what it asks for",
    )


def _class_bar(row: Mapping[Hashable, Any], currency: str) -> Bar:
    allocated, unconfirmed = float(row["allocated"]), float(row["unconfirmed_share"])
    return Bar(
        label=str(row["label"]),
        note=f"{format.plural(row['count'], 'item')}, {row['action']}",
        confirmed=allocated * (1 - unconfirmed),
        unconfirmed=allocated * unconfirmed,
        shown=format.money_short(allocated, currency),
        mark=MARKS[row["class"]],
    )


def class_count(overlap: Overlap, name: str) -> int:
    """How many items a class holds."""
    return int((overlap.items["class"] == name).sum())


def headline(overlap: Overlap, currency: str) -> str:
    """How much both sides already want, as a sentence without a full stop."""
    of_all = f"of {format.plural(len(overlap.items), 'item')}"
    both = class_count(overlap, "both")
    if not both:
        return f"Sales and product want the same in none {of_all}"
    of_both = overlap.classes.loc[overlap.classes["class"] == "both", "allocated"]
    money = format.money_short(float(of_both.sum()), currency)
    return f"Both sides already want {format.count(both)} {of_all}, with {money} behind them"


def facts(overlap: Overlap) -> tuple[str, ...]:
    """What the overlap rests on."""
    deals = overlap.deal_things["deal_id"].nunique()
    return (
        f"{format.plural(len(overlap.items), 'item')}, "
        f"{format.plural(overlap.links_used['ask_id'].nunique(), 'ask')}, "
        f"{format.plural(deals, 'open deal')}",
        f"{format.share(overlap.unconfirmed_share)} of the money rests on links no person has "
        "confirmed",
    )


def overlaps_slide(overlap: Overlap, currency: str, kicker: str) -> Slide:
    """The overlap map, with what only sales asks for and what only product plans beside it.

    Args:
        overlap: as `analysis.overlap.classify` returns it.
        currency: ISO code.
        kicker: the line above the title.
    """
    drawn = overlap_map.draw(
        overlap.items, "light", currency, median_reach=overlap.median_reach, height=_MAP_HEIGHT
    )
    return Slide(
        key="overlaps",
        kicker=kicker,
        title=headline(overlap, currency),
        figure=drawn.figure,
        enlarged=1.3,
        chart=_map(overlap, currency),
        alt="Map of all items: pull of sales in money upwards, pull of product in accounts to the "
        "right; the symbol says the class.",
        columns=(_only_sales(overlap, currency), _only_product(overlap)),
        decision=_decision(overlap),
        definitions=DEFINITIONS,
        facts=(*facts(overlap), f"{drawn.named} of {drawn.drawn} named on the map"),
    )


def _of_class(overlap: Overlap, name: str, by: str) -> pd.DataFrame:
    own = overlap.items[overlap.items["class"] == name]
    return own.sort_values([by, "title", "item_id"], ascending=[False, True, True])


def _only_sales(overlap: Overlap, currency: str) -> Column:
    own = _of_class(overlap, "only_sales", "touched")
    lines = tuple(
        f"{shorten(title)}, {format.money_short(touched, currency)}"
        for title, touched in zip(own["title"], own["touched"], strict=True)
    )
    unit = "item only sales asks for" if len(own) == 1 else "items only sales asks for"
    return Column("sales", "Sales", str(len(own)), unit, (_most("Most money", lines),))


def _only_product(overlap: Overlap) -> Column:
    own = _of_class(overlap, "only_product", "reach")
    lines = tuple(
        f"{shorten(title)}, {format.plural(round(reach), 'account')}"
        for title, reach in zip(own["title"], own["reach"], strict=True)
    )
    unit = "item only product plans" if len(own) == 1 else "items only product plans"
    return Column("product", "Product", str(len(own)), unit, (_most("Most reach", lines),))


def _most(heading: str, lines: tuple[str, ...]) -> TextList:
    hidden = len(lines) - _NAMED
    more = (f"and {hidden} more",) if hidden > 0 else ()
    return TextList(heading, (*lines[:_NAMED], *more) or ("none",))


def _decision(overlap: Overlap) -> str:
    number = class_count(overlap, "only_sales")
    if not number:
        return "plan together what both sides want."
    which = "the item" if number == 1 else f"each of the {number} items"
    return f"for {which} only sales asks for, plan it or decline it with a reason."


def _map(overlap: Overlap, currency: str) -> Points:
    labelled = set(overlap.items.nlargest(_LABELLED, "touched", keep="first")["item_id"])
    sets = []
    for name, label in zip(overlap.classes["class"], overlap.classes["label"], strict=True):
        own = overlap.items[overlap.items["class"] == name]
        if own.empty:
            continue
        sets.append(
            PointSet(
                str(label),
                tuple(float(reach) for reach in own["reach"]),
                tuple(float(touched) for touched in own["touched"]),
                MARKS[str(name)],
                tuple(
                    shorten(title) if item_id in labelled else ""
                    for item_id, title in zip(own["item_id"], own["title"], strict=True)
                ),
                size=12,
            )
        )
    return Points(
        "Product pull: accounts reached, weighted",
        f"Sales pull: money of all deals that ask, {currency}",
        tuple(sets),
    )
