"""Everything behind one thing, with its rows: money by kind, deals, renewals, use, words."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from common_ground.analysis.item_use import ItemUse
from common_ground.analysis.item_values import KINDS, LABELS, ItemValues, meanings
from common_ground.charts import format
from common_ground.meeting import Behind
from common_ground.ui import downloads, evidence_card, html, messages, tables

_HEIGHT: Final = 360  # px
_DEALS: Final = [
    "kind",
    "account_name",
    "name",
    "stage_label",
    "amount",
    "probability",
    "weighted",
    "allocated",
    "is_blocker",
    "is_confirmed",
    "closed_date",
]
_USE: Final = ["account_name", "segment", "habit", "used_weeks", "last_used_day", "last_day"]
_WORDS: Final = [
    "text",
    "account_name",
    "asked_date",
    "asked_by",
    "source",
    "is_blocker",
    "how",
    "score",
    "decided_by",
]


@st.dialog("Everything behind it", width="large")
def show(behind: Behind, values: ItemValues, currency: str) -> None:
    """Every number of a card with the rows it is made of, each as CSV."""
    thing = behind.card.thing
    html.show(html.heading(thing["title"], thing["item_id"]))
    money, deals, renewals, use, words = st.tabs(
        ["Money", "Deals", "Renewals", "Use", "Words and links"]
    )
    with money:
        _money(thing["item_id"], values, currency)
    with deals:
        _deals(thing["item_id"], values, currency)
    with renewals:
        _renewals(thing["item_id"], values, currency)
    with use:
        _use(behind.use)
    with words:
        _words(behind.card.links)


def _money(item_id: str, values: ItemValues, currency: str) -> None:
    """Each kind with what it is, what is not known, and how much rests on suggested links."""
    of, says = values.of(item_id), meanings(values.rules)
    lines = []
    for kind in KINDS:
        own = of.get(kind)
        if own is None:
            lines.append((LABELS[kind], "–", "–", "–", "", html.soft(says[kind])))
            continue
        weighted = own["weighted"]
        lines.append(
            (
                html.strong(LABELS[kind]),
                format.money(own["amount"], currency),
                "–" if pd.isna(weighted) else format.money(weighted, currency),
                f"{own['deals']} / {own['accounts']}",
                _caveats(own),
                html.soft(says[kind]),
            )
        )
    html.show(
        html.table(
            ("Money", currency, "Weighted", "Deals / accounts", "To know", "What it is"),
            lines,
            numbers=(1, 2, 3),
        ),
        html.note(
            "Weighted: amount × chance to win, from the CRM, else by stage. No two kinds "
            "are added, but new business, expansion and renewal deals, which make touched."
        ),
    )
    downloads.csv_button(values.money.loc[values.money["item_id"] == item_id], "money_behind")


def _caveats(own: dict[str, Any]) -> str:
    parts = []
    if own["without_amount"]:
        parts.append(f"{own['without_amount']} without an amount")
    if own["without_probability"]:
        parts.append(f"{own['without_probability']} without a chance, not in weighted")
    if own["unconfirmed_share"]:
        parts.append(f"{format.share(own['unconfirmed_share'])} on suggested links")
    if own["segments"]:
        parts.append(", ".join(own["segments"]))
    return "; ".join(parts)


def _deals(item_id: str, values: ItemValues, currency: str) -> None:
    rows = values.rows_of(item_id)
    rows = rows.loc[rows["kind"] != "at_risk"]
    if rows.empty:
        html.show(html.note("No open or lost deal asks for it."))
        return
    shown = rows.assign(kind=rows["kind"].map(LABELS))
    tables.with_download(
        shown, "deals_behind", _columns(currency), shown=_DEALS, height=_HEIGHT, file=rows
    )


def _renewals(item_id: str, values: ItemValues, currency: str) -> None:
    rows, rules = values.rows_of(item_id, "at_risk"), values.rules
    if values.contracts_up is None:
        html.show(
            messages.not_loaded(
                "Renewals at risk", "billing or contracts", "Contracts say what ends, and when."
            )
        )
        return
    days = format.days(rules.renewal_within_days)
    if rows.empty:
        up = format.plural(values.contracts_up, "account has", "accounts have")
        html.show(
            html.note(
                f"No account that asks has a contract that ends within {days} and that nothing "
                f"follows. {up} a contract that ends by then. A contract without an end is not at "
                "risk here."
            )
        )
        return
    html.show(html.note(f"{LABELS['at_risk']}: {meanings(rules)['at_risk']}"))
    tables.with_download(
        rows,
        "renewals_behind",
        _columns(currency) | {"amount": _money_column("At risk, a year", currency)},
        shown=["account_name", "segment", "amount", "is_confirmed"],
        height=_HEIGHT,
    )


def _use(use: ItemUse | None) -> None:
    if use is None:
        html.show(html.note("No use is measured for its area."))
        return
    html.show(
        html.heading(f"Use of {use.what} by the accounts asking", evidence_card.use_in_words(use)),
        html.note(
            f"Weekly: {use.weekly_from_weeks} of the last 12 weeks. The shares on the card count "
            "accounts that used anything in the same 28 days. The first CSV holds all accounts, "
            "the second the months."
        ),
    )
    tables.with_download(
        use.asking, "use_behind", _columns(""), shown=_USE, height=_HEIGHT, file=use.accounts
    )
    downloads.csv_button(use.trend, "use_by_month", "CSV, 12 months")


def _words(links: pd.DataFrame) -> None:
    if links.empty:
        html.show(html.note("Nobody asks for it."))
        return
    tables.with_download(links, "words_behind", _columns(""), shown=_WORDS, height=_HEIGHT)


def _money_column(label: str, currency: str) -> Any:  # noqa: ANN401
    return st.column_config.NumberColumn(f"{label}, {currency}", format="localized")


def _columns(currency: str) -> dict[str, Any]:
    """Headings and formats of all tables here."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    day = {
        name: st.column_config.DateColumn(label, format="D MMM YYYY")
        for name, label in (
            ("closed_date", "Closed, or expected"),
            ("asked_date", "Asked"),
            ("last_used_day", "Last used it"),
            ("last_day", "Last used anything"),
        )
    }
    flag = {
        name: st.column_config.CheckboxColumn(label)
        for name, label in (("is_blocker", "Blocker"), ("is_confirmed", "Link settled"))
    }
    return {
        "kind": text("Money"),
        "account_name": text("Account"),
        "segment": text("Segment"),
        "name": text("Deal"),
        "stage_label": text("Stage"),
        "amount": _money_column("Amount", currency),
        "probability": number("Chance", format="percent"),
        "weighted": _money_column("Weighted", currency),
        "allocated": _money_column("Allocated", currency),
        "habit": text("Use"),
        "used_weeks": number("Weeks of 12"),
        "text": text("Words", width="large"),
        "asked_by": text("Written down by"),
        "source": text("Export"),
        "how": text("Link by"),
        "score": number("Likeness", format="%.2f"),
        "decided_by": text("Decided by"),
        **day,
        **flag,
    }
