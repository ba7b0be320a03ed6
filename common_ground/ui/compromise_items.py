"""Items of Compromise with what is assumed of them: edited in the table, and what that changed."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis import assumptions
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.plan_inputs import NEEDS_ESTIMATE, Choices
from common_ground.analysis.plans import TENTHS
from common_ground.charts import format, swaps
from common_ground.meeting import Decided
from common_ground.reconsidered import LastChange, last_change
from common_ground.ui import (
    answers,
    cache,
    frame,
    html,
    ledger_forms,
    overlap_assumptions,
    overlap_cards,
)
from common_ground.warehouse.published import Published

_INPUTS: Final = tuple(assumptions.COLUMNS)
_SIDES: Final[tuple[tuple[swaps.Side, str], ...]] = (
    ("sales", "expected"),
    ("product", "accounts, weighted"),
)
_SHOWN: Final = ("item_id", "title", "plan", *_INPUTS, "accounts", "money", "assumed")


def marks(told: pd.DataFrame) -> dict[str, str]:
    """What is assumed of each item, in words, by item_id.

    Args:
        told: as `assumptions.told`.
    """
    found: dict[str, list[str]] = {}
    for row in told.loc[told["item_id"] != ""].to_dict("records"):
        found.setdefault(row["item_id"], []).append(
            f"{overlap_cards.assumed_in_words(row)} ({row['note']})"
        )
    return {item_id: "; ".join(words) for item_id, words in found.items()}


def assumed_in_trade(of: Bargain, assumed: Mapping[str, str]) -> html.Html:
    """What is assumed of the items that change hands; empty for nothing."""
    changed = [i for swap in (*of.swaps.into, *of.swaps.out) for i in swap.items]
    words = [f"{of.prepared.problem.title(i)}: {assumed[i]}." for i in changed if i in assumed]
    return html.note("Assumed. " + " ".join(words)) if words else html.Html("")


def show(of: Bargain, choices: Choices, level: float, told: pd.DataFrame, currency: str) -> None:
    """The items to edit, what the last edit changed, and the register.

    Args:
        of: the bargain of the page.
        choices: of the page.
        level: suggestions count from this score (0..1) up.
        told: as `assumptions.told`.
        currency: ISO code.
    """
    # The history is part of the key: what stands is the same again once a change is taken back
    history = cache.ledger().assumption_history()
    change = cache.cached_with_data(_last_change, cache.decided(), history, choices, level)
    if change is not None:
        html.show(_last_change_panel(change, of, currency))
    _edit(of, marks(told), currency)
    overlap_assumptions.register(told)


def _last_change(
    data: Published, decided: Decided, history: pd.DataFrame, choices: Choices, level: float
) -> LastChange | None:
    return last_change(data, decided, history, cache.overlaps(level), choices)


def _edit(of: Bargain, assumed: Mapping[str, str], currency: str) -> None:
    exported, register = cache.backlog(), cache.decided().assumptions
    html.show(
        html.heading(
            "Items and what they rest on",
            "change a value, say why, and the plan is made anew on every page",
        )
    )
    refusal = st.empty()
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    rows = table(of, cache.items(), assumed)
    known = len(cache.ledger().assumption_history())
    edited = st.data_editor(
        rows,
        hide_index=True,
        height=460,
        placeholder=format.NONE,
        # Edits are kept by position: other rows, or values kept since, start without any
        key=f"plan_items_{known}_{answers.digest(*rows['item_id'])}",
        column_order=_SHOWN,
        disabled=[name for name in _SHOWN if name not in _INPUTS],
        column_config=overlap_assumptions.input_columns()
        | {
            "plan": text("Against no deal", width=120),
            "accounts": number(
                "Accounts, weighted", format="%.1f", width=130, help="reach × impact × confidence"
            ),
            "money": number(
                f"Waiting, {currency} expected",
                format="localized",
                width=150,
                help="open amount × chance of the deals that wait for it, perhaps with other items",
            ),
            "assumed": text("Assumed, by whom, when, why", width=420),
        },
    )
    who, why, put = st.columns([3, 6, 3], vertical_alignment="bottom")
    with who:
        by = ledger_forms.name("plan_items")
    with why:
        note = st.text_input("Why", key="plan_items_why", max_chars=4_000)
    with put, st.container(horizontal=True):
        if st.button("Keep these values", type="primary"):
            ledger_forms.store(
                refusal,
                by,
                lambda: overlap_assumptions.keep(
                    overlap_assumptions.changes(exported, register, edited, by, note)
                ),
            )
        if assumed and st.button("Take one back"):
            overlap_assumptions.take_back()
    html.show(
        html.note(
            "Reach in accounts; empty: accounts active in the item’s area. Impact 0.25, 0.5, 1, 2 "
            "or 3. Effort in person-weeks: least, likely, most. To return to the export, enter its "
            "value. An item without likely weeks needs an estimate and is in no plan."
        )
    )


def table(of: Bargain, items: pd.DataFrame, assumed: Mapping[str, str]) -> pd.DataFrame:
    """One row an open item, by title: its inputs, what they make, and whether it is in the plan.

    Args:
        of: the bargain of the page.
        items: mart_items, with what is assumed.
        assumed: in words, by item_id; see `marks`.

    Returns:
        the columns of `overlap_assumptions.inputs`; plan (stays, comes in, goes out, left out, or
        why it cannot be planned); accounts (weighted; empty without an estimate); money (expected,
        workspace currency, of the deals it blocks); assumed.
    """
    problem = of.prepared.problem
    before, after = set(of.found.no_deal.plan.items), set(of.found.compromise.items)
    why_not = {item.item_id: item.reason for item in problem.unplannable}
    money: dict[str, int] = {item.item_id: item.money for item in problem.unplannable}
    for deal in problem.deals:
        for item_id in deal.blockers:
            money[item_id] = money.get(item_id, 0) + deal.value
    rows = overlap_assumptions.inputs(items)
    ids = rows["item_id"]
    accounts = {c.item_id: c.product / TENTHS for c in problem.candidates}
    return rows.assign(
        plan=[
            _standing(i in before, i in after)
            if i in problem.by_id
            else why_not.get(i, NEEDS_ESTIMATE)
            for i in ids
        ],
        accounts=ids.map(accounts).astype(float),
        money=[money.get(i, 0) for i in ids],
        assumed=[assumed.get(i, "") for i in ids],
    )


def _standing(is_before: bool, is_after: bool) -> str:
    if is_after:
        return "stays" if is_before else "comes in"
    return "goes out" if is_before else "left out"


def _last_change_panel(change: LastChange, of: Bargain, currency: str) -> html.Html:
    """What was changed by whom, and the plan before and after it."""
    rows = change.rows.to_dict("records")
    head = f"{rows[0]['set_by']}, {frame.day(rows[0]['set_at'])}"
    titles = _titles(of) | ({} if change.before is None else _titles(change.before))
    said = html.note(
        "; ".join(
            _row_in_words(row, titles, before)
            for row, before in zip(rows, change.values_before, strict=True)
        )
        + "."
    )
    title = "What the last change of values did"
    if change.before is None:
        return html.panel(title, head, said, html.note("Before it, no plan kept all rules."))
    return html.panel(
        title, head, said, html.pairs(_differences(change.before, of, titles, currency))
    )


def _titles(of: Bargain) -> dict[str, str]:
    problem = of.prepared.problem
    titles = {row.item_id: row.title for row in problem.unplannable}
    return titles | {row.item_id: row.title for row in problem.candidates}


def _differences(
    before: Bargain, after: Bargain, titles: Mapping[str, str], currency: str
) -> list[tuple[object, object]]:
    """The compromise before and after: items, each side's figure, weeks."""
    was, now = before.found, after.found
    came = sorted(set(now.compromise.items) - set(was.compromise.items))
    left = sorted(set(was.compromise.items) - set(now.compromise.items))
    sides = [
        (
            f"{side.capitalize()}, {unit}",
            f"{swaps.value(side, getattr(was.compromise, side), currency)} before, "
            f"{swaps.value(side, getattr(now.compromise, side), currency)} now; gain over no deal "
            f"{swaps.gain(side, was, currency)} before, {swaps.gain(side, now, currency)} now",
        )
        for side, unit in _SIDES
    ]
    weeks = (
        f"{format.count(was.compromise.weeks, 1)} before, "
        f"{format.count(now.compromise.weeks, 1)} now"
    )
    return [
        ("Came into the compromise", ", ".join(titles[i] for i in came) or "nothing"),
        ("Went out of it", ", ".join(titles[i] for i in left) or "nothing"),
        *sides,
        ("Person-weeks", weeks),
    ]


def _row_in_words(row: Mapping[Any, Any], titles: Mapping[str, str], before: float | None) -> str:
    label = assumptions.LABELS[row["field"]].lower()
    was = "the export’s value" if before is None else f"{before:,g}"
    now = "the export’s value again" if row["value"] is None else f"{float(row['value']):,g}"
    why = f" ({row['note']})" if row["note"] else ""
    return f"{titles.get(row['item_id'], row['item_id'])}, {label}: {now}, before {was}{why}"
