"""Role swap on Compromise: each side guesses what the other values, then sees the gap."""

from datetime import UTC, datetime
from decimal import Decimal
from math import floor
from typing import Final

import pandas as pd
import streamlit as st

from common_ground import meeting
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.role_swap import (
    FAR,
    Contested,
    Gap,
    Side,
    find_contested,
    find_gap,
    typical_factor,
)
from common_ground.analysis.values import product_pull
from common_ground.charts import format
from common_ground.ledger import NewGuess
from common_ground.meeting import Decided
from common_ground.ui import cache, html, ledger_forms, messages, tables
from common_ground.warehouse.published import Published

QUESTION: Final = "How well do we know what the other side values?"
_ASKS: Final[dict[Side, str]] = {
    "sales": "Items only product would build on its own: how many accounts does each reach?",
    "product": "Items only sales would build on its own: how much open money waits for each?",
}


def contested(of: Bargain) -> tuple[Contested, ...]:
    """What each side is asked to guess."""
    reach = cache.cached_with_data(_reach, cache.decided())
    return find_contested(of.prepared.problem, of.found, reach)


def _reach(data: Published, decided: Decided) -> dict[str, float]:
    items = meeting.items(data, decided)
    pulls = product_pull(items, data.mart("mart_area_reach", as_of=data.as_of))
    return dict(zip(pulls["item_id"], pulls["reach"].astype(float), strict=True))


def answer(known: pd.DataFrame) -> list[object]:
    """How well both sides did, or that nobody has guessed.

    Args:
        known: guesses of this data version, columns of `Ledger.guesses`.
    """
    parts: list[object] = []
    for side in _ASKS:
        gaps = _gaps(known.loc[known["side"] == side])
        if gaps:
            near = sum(not gap.is_far for gap in gaps)
            parts += [", " if parts else ""]
            parts.append(
                html.said_by(
                    side,
                    f"{side if len(parts) > 1 else side.capitalize()} came close on {near} of "
                    f"{len(gaps)}",
                )
            )
    return [*parts, "."] if parts else ["Neither side has guessed yet."]


def guesses(data_version: int) -> pd.DataFrame:
    """The guesses made on this data version."""
    every = cache.ledger().guesses()
    return every.loc[every["data_version"] == data_version].reset_index(drop=True)


def show(of: Bargain, known: pd.DataFrame, published: Published) -> None:
    """A column a side: the form until it has guessed, then the gap.

    Args:
        of: the bargain of the page.
        known: guesses of this data version.
        published: for the version and the currency.
    """
    asked = contested(of)
    for column, side in zip(st.columns(2), _ASKS, strict=True):
        with column:
            own = known.loc[known["side"] == side]
            open_items = [
                one
                for one in asked
                if one.guesser == side and one.item_id not in set(own["item_id"])
            ]
            html.show(
                html.heading(
                    html.named(side, f"{side.capitalize()} guesses"), _unit(side, published)
                )
            )
            if len(own):
                html.show(_results(side, own, published.currency))
            elif not open_items:
                html.show(_nothing(side))
            if open_items and not len(own):
                _form(side, open_items, published)
    if len(known):
        html.show(html.heading("Every guess", "the first of a side, item and data version counts"))
        tables.with_download(_told(known), "role_swap", _columns())


def _unit(side: Side, published: Published) -> str:
    return "accounts" if side == "sales" else f"{published.currency}, open deals in full"


def _nothing(side: Side) -> html.Html:
    other = "product" if side == "sales" else "sales"
    return messages.empty(
        f"{side.capitalize()} guesses",
        "contested item",
        f"Every item of {other}’s own best plan is in that of {side} too, or has no value.",
        "",
    )


def _form(side: Side, items: list[Contested], published: Published) -> None:
    html.show(html.note(f"{_ASKS[side]} The values show once the guesses are kept."))
    refusal = st.empty()
    with st.form(f"guess_{side}", border=False):
        entered = [
            st.number_input(
                f"{one.title} ({format.count(one.weeks, 1)} weeks)",
                0.0,
                1e12,
                None,
                format="%.0f",
                key=f"guess_{side}_{one.item_id}",
            )
            for one in items
        ]
        by = ledger_forms.name(f"guess_{side}")
        is_sent = st.form_submit_button("Keep these guesses", type="primary")
    if is_sent:
        entered_by = zip(items, entered, strict=True)
        given = [(one, Decimal(str(guess))) for one, guess in entered_by if guess is not None]
        ledger_forms.store(refusal, by, lambda: _keep(side, given, published.data_version, by))


def _keep(side: Side, given: list[tuple[Contested, Decimal]], data_version: int, by: str) -> str:
    if not given:
        return "Nothing was kept: no guess was entered."
    made = [
        NewGuess(side, one.item_id, one.title, guess, one.actual, data_version, by)
        for one, guess in given
    ]
    stored = cache.ledger().guess(made, now=datetime.now(UTC))
    return f"{format.plural(stored, 'guess', 'guesses')} kept."


def _gaps(own: pd.DataFrame) -> list[Gap]:
    """The gaps of one side's guesses, the worst first."""
    gaps = [find_gap(row["title"], row["guess"], row["actual"]) for row in own.to_dict("records")]
    return sorted(gaps, key=lambda gap: (-_off_by(gap), gap.title))


def _off_by(gap: Gap) -> float:
    if not gap.times:
        return float("inf") if gap.guess or gap.times is not None else 1.0
    return max(gap.times, 1 / gap.times)


def _results(side: Side, own: pd.DataFrame, currency: str) -> html.Html:
    """Guess, value and how far apart they are."""
    gaps = _gaps(own)
    longest = max((float(max(gap.guess, gap.actual)) for gap in gaps), default=0.0) or 1.0
    far = sum(gap.is_far for gap in gaps)
    factor = typical_factor(gaps)
    middle = (
        ""
        if factor is None
        else "; the middle guess has nothing where there is something"
        if factor == float("inf")
        else f"; the middle guess is {_times(factor)} times too high or too low"
    )
    other: Side = "product" if side == "sales" else "sales"
    body = [
        (
            html.strong(gap.title) if gap.is_far else gap.title,
            _value(side, gap.guess, currency),
            html.bar(side, float(gap.guess) / longest, fill="outline"),
            _value(side, gap.actual, currency),
            html.bar(other, float(gap.actual) / longest),
            _apart(gap),
        )
        for gap in gaps
    ]
    return html.box(
        html.build(
            "<p>{}</p>", f"{far} of {len(gaps)} far off, {format.count(FAR)} times or more{middle}."
        ),
        html.table(("Item", "Guess", "", "Data says", "", "Apart"), body, (1, 3), (2, 4)),
    )


def _value(side: Side, value: Decimal, currency: str) -> str:
    if side == "product":
        return format.money_short(float(value), currency)
    return format.count(float(value))


def _apart(gap: Gap) -> str:
    if gap.times is None:
        return "nothing there" if gap.guess else "right"
    if not gap.times:
        return "far too low"
    if 1 / 1.05 <= gap.times <= 1.05:
        return "about right"
    said = f"{_times(max(gap.times, 1 / gap.times))} times too {'high' if gap.times > 1 else 'low'}"
    return said.replace(" ", format.NO_BREAK)


def _times(factor: float) -> str:
    """A factor, rounded down: what is not far off must not read as if it were."""
    digits = 0 if factor >= 10 else 1
    return format.count(floor(round(factor * 10**digits, 6)) / 10**digits, digits)


def _told(known: pd.DataFrame) -> pd.DataFrame:
    return known.assign(
        guess=known["guess"].astype(float),
        actual=known["actual"].astype(float),
        unit=known["side"].map({"sales": "accounts", "product": "money, open deals in full"}),
    )[["side", "title", "guess", "actual", "unit", "guessed_by", "guessed_at"]]


def _columns() -> dict[str, object]:
    number = st.column_config.NumberColumn
    return {
        "side": "Who guessed",
        "title": st.column_config.TextColumn("Item", width="large"),
        "guess": number("Guess", format="localized"),
        "actual": number("Data says", format="localized"),
        "unit": "Unit",
        "guessed_by": "By",
        "guessed_at": st.column_config.DateColumn("On", format="D MMM YYYY"),
    }
