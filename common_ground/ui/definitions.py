"""What the numbers of a page mean: unfolded from the foot, in the words of the meeting."""

from collections.abc import Sequence
from typing import Final

from common_ground import kpis
from common_ground.ui import html

# Numbers that are no KPI; those are defined in queries/kpis.toml.
TERMS: Final = {
    "touched": (
        "Money touched",
        "Amounts of all open deals that ask for the item, in full. A deal that asks for two items "
        "is in both, so these do not add up.",
    ),
    "allocated": (
        "Money, each deal split over its asks",
        "Each open deal's amount in equal parts over the items it asks for. These add up to the "
        "money of all open deals that ask for anything.",
    ),
    "unlocked": (
        "Money unlocked",
        "Amounts of the open deals whose every blocker is this item, or is in the plan. A deal "
        "without a blocker does not depend on it and adds nothing.",
    ),
    "blocked": ("Money blocked", "Amounts of the open deals that cannot close without the item."),
    "weighted": (
        "Weighted by chance",
        "Each open deal's amount times its chance to win, from the CRM, else by its stage. A deal "
        "whose chance is not known is in the money touched, not in this, and counted beside it.",
    ),
    "lost": (
        "Lost",
        "Amounts of lost deals that asked for the item, renewals apart. The part taken to come "
        "back is an assumption set beside the card, and in no other number.",
    ),
    "at_risk": (
        "Renewals at risk",
        "A year's recurring money of accounts that ask, in contracts that end within the days set "
        "beside the card, less what later contracts of the same account bring. A contract without "
        "an end is not at risk.",
    ),
    "expected": (
        "Money unlocked, expected",
        "Each open deal whose every blocker is in the plan, its amount times the win probability "
        "of its stage. A deal without a blocker does not depend on the plan and adds nothing.",
    ),
    "reached": (
        "Accounts reached, weighted",
        "Reach times impact times confidence. Reach is product's own figure, else the accounts "
        "active in the item's area in the last 28 days; impact is 0.25 to 3, confidence 0 to 1.",
    ),
    "effort": (
        "Person-weeks",
        "(low + 4 times likely + high) / 6 of product's own estimate. An item without an estimate "
        "cannot be in a plan.",
    ),
    "classes": (
        "The five classes",
        "Both want it: open deals ask, and product plans it or rates it above its median. Only "
        "sales asks; only product plans. Already exists: asked for after it was released. Usage "
        "disagrees: asked for, but the asking accounts hardly use its area, or heavily used and "
        "asked for by nobody.",
    ),
    "unconfirmed": (
        "Links no person has confirmed",
        "Share of the money that counts through a suggested link alone, without an item key in "
        "the request and without a decision by a person. Drawn hatched or hollow.",
    ),
    "no_deal": (
        "No deal",
        "The roadmap as it stands, where the planned items fit; else each side fills its share of "
        "the capacity alone.",
    ),
    "compromise": (
        "Compromise",
        "Of all plans inside the capacity the one that lifts the side that gains less as far as "
        "it can go, each gain as a share of what that side could gain at most.",
    ),
    "draws": (
        "Simulated cases",
        "Effort, win probability and reach are drawn 1,000 times from their ranges, always the "
        "same draws; counted is how often both sides gain and the plan fits the capacity.",
    ),
    "lines": (
        "Lines",
        "Lines of a file = rows loaded + lines rejected + other lines (header, title, footer, "
        "blank, inside a cell). It must add up, or nothing is published.",
    ),
    "standing": (
        "Late, kept, missed",
        "Late: open after its due date. Kept: delivered on or before the due date. Missed: "
        "delivered later or not at all. The as-of date is today.",
    ),
}


def unfolded(terms: Sequence[str]) -> html.Html:
    """A line that unfolds to the definitions of these terms or KPIs.

    Args:
        terms: keys of TERMS, or ids of KPIs.
    """
    entries = [
        html.build("<dt>{}</dt><dd>{}</dd>", label, meaning)
        for label, meaning in map(_entry, terms)
    ]
    return html.build(
        '<details class="cg-definitions"><summary>What the numbers on this page mean</summary>'
        '<dl class="cg-pairs">{}</dl></details>',
        html.join(entries),
    )


def _entry(term: str) -> tuple[str, str]:
    if term in TERMS:
        return TERMS[term]
    known = kpis.definition(term)
    return known.label, f"{known.definition} {known.caveat}".strip()
