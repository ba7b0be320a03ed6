"""The assumption register on the page: change inputs with a name and a reason, or take one back."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, cast

import pandas as pd
import streamlit as st

from common_ground.analysis import assumptions
from common_ground.analysis.rankings import Weights
from common_ground.charts import format
from common_ground.errors import LedgerError
from common_ground.ledger import NewAssumption
from common_ground.ledger.assumption_records import IMPACTS, Field
from common_ground.ui import cache, html, ledger_forms, overlap_cards, tables

_WEIGHTS: Final = {
    "weight_sales": "Sales' money",
    "weight_product": "Product's reach",
    "weight_effort": "Effort, taken off",
}
_ENDS: Final = ("effort_low", "effort_high")
_EFFORT: Final = ("effort_low", "effort_likely", "effort_high")


@st.dialog("Inputs of the rankings", width="large")
def edit() -> None:
    """The backlog's inputs as a table to change, and the weights of the weighted score."""
    exported, register = cache.backlog(), cache.decided().assumptions
    known = inputs(assumptions.apply(exported, register))
    refusal = st.empty()
    html.show(
        html.note(
            "A changed value stands in for the export's on every page, command and slide, with "
            "your name beside it, until it is taken back. Reach in accounts; empty: from usage. "
            "Impact 0.25, 0.5, 1, 2 or 3. Effort in person-weeks. To return to the export, enter "
            "its value."
        )
    )
    edited = st.data_editor(
        known,
        hide_index=True,
        height=360,
        key=f"inputs_{cache.ledger_state()}",
        disabled=["item_id", "title"],
        column_config=input_columns(),
    )
    now = vars(assumptions.weights(register))
    chosen = {}
    for column, (field, label) in zip(st.columns(3), _WEIGHTS.items(), strict=True):
        with column:
            chosen[field] = st.number_input(
                f"Weight: {label}",
                0.0,
                100.0,
                float(now[field.removeprefix("weight_")]),
                0.25,
                key=f"assumed_{field}",
            )
    by = ledger_forms.name("assumptions")
    note = st.text_input("Why", key="assumed_why", max_chars=4_000)
    if st.button("Keep these values", type="primary"):
        ledger_forms.store(
            refusal,
            by,
            lambda: keep(
                changes(exported, register, edited, by, note)
                + weight_changes(register, chosen, by, note)
            ),
        )


def keep(assumed: list[NewAssumption]) -> str:
    """Write assumptions down, and say so.

    Raises:
        LedgerError: the ledger refuses them.
    """
    if not assumed:
        return "Nothing was changed."
    stored = cache.ledger().assume(assumed, now=datetime.now(UTC))
    return f"{format.plural(stored, 'value')} written down."


def input_columns() -> dict[str, Any]:
    """How the columns of `inputs` are shown and edited."""
    number = st.column_config.NumberColumn
    return {
        "item_id": st.column_config.TextColumn("Key", width=85),
        "title": st.column_config.TextColumn("Item", width=220),
        "reach": number("Reach", min_value=0.0, format="plain", width=75),
        "impact": st.column_config.SelectboxColumn(
            "Impact", options=[float(value) for value in IMPACTS], width=75
        ),
        "confidence": number("Confidence", min_value=0.0, max_value=1.0, format="plain", width=90),
        "effort_low": number("Least weeks", min_value=0.0, format="plain", width=95),
        "effort_likely": number("Likely weeks", min_value=0.0, format="plain", width=95),
        "effort_high": number("Most weeks", min_value=0.0, format="plain", width=95),
    }


def inputs(items: pd.DataFrame) -> pd.DataFrame:
    """The inputs people may assume: item_id, title and the fields of an item, open items only."""
    is_open = ~items["status"].isin(["released", "declined"])
    shown = items.loc[is_open, ["item_id", "title"]].assign(
        **{
            field: pd.to_numeric(items.loc[is_open, column]).astype(float)
            for field, column in assumptions.COLUMNS.items()
        }
    )
    return shown.sort_values(["title", "item_id"], ignore_index=True)


def changes(
    exported: pd.DataFrame, register: pd.DataFrame, edited: pd.DataFrame, by: str, note: str
) -> list[NewAssumption]:
    """What must be written down so that the edited values hold.

    A least or most that nobody entered, which stands where it is only because the likely value was
    assumed, follows the likely value; see `assumptions.apply`.

    Args:
        exported: mart_items.
        register: assumptions of the ledger, as they stand.
        edited: columns of `inputs`, after a person changed them.
        by: who did.
        note: why.

    Raises:
        LedgerError: a value of the export is emptied, an estimate is out of order, or the ledger
            refuses a value.
    """
    before = inputs(assumptions.apply(exported, register)).set_index("item_id")
    said = inputs(exported).set_index("item_id")
    stands = set(zip(register["item_id"], register["field"], strict=True))
    found = []
    for row in edited.to_dict("records"):
        item = str(row["item_id"])
        changed = [
            field
            for field in assumptions.COLUMNS
            if not _same(row[field], cast("float", before.loc[item, field]))
        ]
        if set(changed) & set(_EFFORT):
            following = [
                field
                for field in _ENDS
                if field not in changed
                and (item, field) not in stands
                and not _same(row[field], cast("float", said.loc[item, field]))
            ]
            _check_order(row | dict.fromkeys(following))
        for field in changed:
            own = cast("float", said.loc[item, field])
            if _same(row[field], own) and (item, field) in stands:
                found.append(NewAssumption(item, cast("Field", field), None, by, note))
            elif pd.isna(row[field]):
                raise LedgerError(
                    f"{row['title']}: {assumptions.LABELS[field].lower()} cannot be emptied, the "
                    "export has a value. Enter the one you assume."
                )
            else:
                value = Decimal(str(row[field]))
                found.append(NewAssumption(item, cast("Field", field), value, by, note))
    return found


def _same(one: float | None, other: float | None) -> bool:
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return one == other


def _check_order(row: dict[Any, Any]) -> None:
    given = [row[field] for field in _EFFORT if pd.notna(row[field])]
    if given != sorted(given):
        raise LedgerError(
            f"{row['title']}: least, likely and most weeks must rise: "
            f"{', '.join(f'{weeks:g}' for weeks in given)}."
        )
    if given and pd.isna(row["effort_likely"]):
        raise LedgerError(f"{row['title']}: an estimate needs likely weeks. Enter them.")


def weight_changes(
    register: pd.DataFrame, chosen: dict[str, float], by: str, note: str
) -> list[NewAssumption]:
    """What must be written down so that these weights hold; a default weight is no assumption."""
    now, default = vars(assumptions.weights(register)), vars(Weights())
    found = []
    for field, weight in chosen.items():
        name = field.removeprefix("weight_")
        if weight != now[name]:
            value = None if weight == default[name] else Decimal(str(weight))
            found.append(NewAssumption("", cast("Field", field), value, by, note))
    return found


@st.dialog("Take an assumption back")
def take_back() -> None:
    """One assumption that stands, chosen by what it says; the export's value counts again."""
    told = assumptions.told(cache.backlog(), cache.decided().assumptions)
    refusal = st.empty()
    by_words = {
        f"{row['title'] or row['item_id'] or 'Weighted score'}: "
        f"{overlap_cards.assumed_in_words(row)}": (row["item_id"], row["field"])
        for row in told.to_dict("records")
    }
    chosen = st.selectbox("Assumption", list(by_words), key="assumed_back")
    by = ledger_forms.name("assumed_back")
    note = st.text_input("Why", key="back_why", max_chars=4_000)
    if st.button("Take it back", type="primary", disabled=chosen is None) and chosen:
        item, field = by_words[chosen]
        ledger_forms.store(refusal, by, lambda: keep([NewAssumption(item, field, None, by, note)]))


def register(told: pd.DataFrame) -> None:
    """The assumptions that stand, who made each, when and why; with the whole history as CSV.

    Args:
        told: as `assumptions.told`.
    """
    if told.empty:
        html.show(
            html.note("Nothing is assumed: every input is the export's, or the one shown as usual.")
        )
        return
    html.show(html.heading(f"Assumed in place of the exports: {len(told)}", "newest first"))
    gone = told["title"].isna() & (told["item_id"] != "")
    shown = told.assign(
        what=told["title"]
        .fillna("Weighted score")
        .mask(gone, told["item_id"] + ", not in the data any more")
    )
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    tables.with_download(
        shown,
        "assumptions",
        {
            "what": text("Item", width=240),
            "label": text("What", width=170),
            "value": number("Assumed", format="plain", width=90),
            "exported": number("Export says", format="plain", width=100),
            "set_by": text("By", width=140),
            "set_at": st.column_config.DateColumn("On", format="D MMM YYYY", width=105),
            "note": text("Why", width="large"),
        },
        shown=["what", "label", "value", "exported", "set_by", "set_at", "note"],
        file=cache.ledger().assumption_history(),
    )
