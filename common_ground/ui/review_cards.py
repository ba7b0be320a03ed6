"""The card of a pair to review: both texts side by side, what they share, and what is behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from common_ground.analysis import shared_words
from common_ground.analysis.review_card import (
    WEEKS,
    AccountUse,
    SaidBy,
    account_use,
    said_by,
    thing,
)
from common_ground.charts import format
from common_ground.meeting import Evidence
from common_ground.ui import frame, html

_KIND_WORDS: Final = {
    "ask_item": "Backlog item",
    "ask_feature": "Feature of the product",
    "ask_ask": "Another ask",
    "account": "Account",
}
_STATUS: Final = {
    "planned": "planned",
    "in_progress": "in progress",
    "idea": "an idea",
    "released": "released",
    "declined": "declined",
}
_ROWS: Final = {
    "deal": "deal",
    "contract": "contract",
    "ask": "ask",
    "usage_row": "row of usage",
}


@dataclass(frozen=True)
class Behind:
    """What the cards are made of.

    Attributes:
        known: asks, items, deals, features and use.
        currency: of the workspace.
        own_items: items people made from asks.
        roots: the ask that each ask was merged into.
        companies: what exports say of accounts; see `account_links.ends`.
    """

    known: Evidence
    currency: str
    own_items: pd.DataFrame
    roots: Mapping[str, str]
    companies: pd.DataFrame


def card(row: Mapping[str, Any], part: str | None, behind: Behind) -> html.Html:
    """Both sides of a pair: equal size, sales left, product right, shared words marked.

    Args:
        row: of the queue.
        part: of the note, that is meant; None for all of it.
        behind: what the cards are made of.
    """
    stems = shared_words.shared(row["from_text"], row["to_text"])
    said = said_by(row["from_id"], behind.known.asks, behind.known.deals, behind.roots)
    if row["kind"] == "ask_ask":
        right = _ask(row["to_id"], row["to_text"], stems, behind, "Another ask")
    elif row["kind"] == "account":
        right = _account(row["to_id"], row["to_text"], stems, behind)
    else:
        right = _thing(row, stems, said, behind)
    if row["kind"] == "account":
        left = _account(row["from_id"], row["from_text"], stems, behind)
    else:
        left = _ask(row["from_id"], row["from_text"], stems, behind, "Ask", part)
    return html.grid([left, right], "2")


def _marked(text: str, stems: frozenset[str]) -> html.Html:
    return html.join(
        html.build('<b class="cg-common">{}</b>', piece) if is_shared else html.escape(piece)
        for piece, is_shared in shared_words.pieces(text, stems)
    )


def _text(text: str, stems: frozenset[str], part: str | None = None) -> html.Html:
    """The text with shared words marked; of a note of several parts the one meant in ink."""
    if not part or part not in text:
        return html.build('<div class="cg-review-text">{}</div>', _marked(text, stems))
    before, after = text.split(part, 1)
    title = before[: before.find("\n") + 1]
    return html.build(
        '<div class="cg-review-text">{}<span class="cg-aside">{}</span>{}'
        '<span class="cg-aside">{}</span></div>',
        _marked(title, stems),
        _marked(before.removeprefix(title), stems),
        _marked(part, stems),
        _marked(after, stems),
    )


def _panel(
    side: html.Side, title: object, right: object, text: html.Html, facts: html.Html
) -> html.Html:
    return html.build(
        '<section class="cg-panel cg-sidecard cg-review"><div class="cg-side cg-top-{}">{}</div>'
        "{}{}</section>",
        side,
        html.heading(html.named(side, title), right),
        text,
        facts,
    )


def _ask(
    key: str,
    text: str,
    stems: frozenset[str],
    behind: Behind,
    title: str,
    part: str | None = None,
) -> html.Html:
    said = said_by(key, behind.known.asks, behind.known.deals, behind.roots)
    if said is None:
        return _panel("sales", title, key, _text(text, stems), html.soft("Not in this data."))
    side: html.Side = "product" if said.ask["side"] == "product" else "sales"
    facts = [
        ("Account", _known(said.ask["account_name"], "nobody named one")),
        ("Deal", _deal(said, behind.currency)),
        ("Said by", _who(said)),
    ]
    return _panel(side, f"{title} from {side}", key, _text(text, stems, part), html.pairs(facts))


def _thing(
    row: Mapping[str, Any], stems: frozenset[str], said: SaidBy | None, behind: Behind
) -> html.Html:
    kind, key = row["kind"], row["to_id"]
    found = thing(kind, key, behind.known.items, behind.known.features)
    area = found.get("area")
    facts: list[tuple[object, object]] = [("Area", _known(area, "none given"))]
    if kind == "ask_item":
        facts.append(("In the backlog", _backlog(found, key, behind.own_items)))
    else:
        released = found.get("released_date")
        when = f"since {frame.day(released)}" if pd.notna(released) else "the product has it"
        facts.append(("Released", when))
    facts.append(("Account’s use", _use(row, area, said, behind)))
    text = _text(row["to_text"], stems)
    return _panel("product", _KIND_WORDS[kind], key, text, html.pairs(facts))


def _account(key: str, text: str, stems: frozenset[str], behind: Behind) -> html.Html:
    side: html.Side = "shared"
    said = behind.companies.loc[behind.companies["end"] == key]
    if said.empty:
        facts = html.soft("Not in this data, or linked by now.")
        return _panel(side, _KIND_WORDS["account"], "", _text(text or key, stems), facts)
    one = said.iloc[0]
    counted = [
        format.plural(int(one[f"{row}_count"]), word)
        for row, word in _ROWS.items()
        if one[f"{row}_count"]
    ]
    money = format.money_short(float(one["open_amount"]), behind.currency)
    rows: list[tuple[object, object]] = [
        ("Domain", ", ".join(one["domains"]) or "none given"),
        ("Country", ", ".join(one["countries"]).upper() or "none given"),
        ("Named in", ", ".join(one["exports"])),
        ("Behind it", ", ".join([f"{money} open", *counted])),
    ]
    account_id = "" if pd.isna(one["account_id"]) else one["account_id"]
    return _panel(side, _KIND_WORDS["account"], account_id, _text(text, stems), html.pairs(rows))


def _deal(said: SaidBy, currency: str) -> str:
    if said.deal is None:
        return "none named" if pd.isna(said.ask["deal_id"]) else "counts in no number"
    amount = said.deal["amount"]
    money = "no amount" if pd.isna(amount) else format.money_short(float(amount), currency)
    kind = "blocker" if said.ask["is_blocker"] else "wish"
    return f"{said.deal['name']}, {money}, {said.deal['stage_label']}, {kind}"


def _who(said: SaidBy) -> str:
    parts = [str(said.ask[name]) for name in ("asked_by", "source") if pd.notna(said.ask[name])]
    if pd.notna(said.ask["asked_date"]):
        parts.insert(1, frame.day(said.ask["asked_date"]))
    if said.others:
        parts.append(f"repeated in {format.plural(said.others, 'ask')}")
    return ", ".join(parts)


def _backlog(found: Mapping[str, Any], key: str, own_items: pd.DataFrame) -> str:
    made = own_items.loc[own_items["item_id"] == key]
    if len(made):
        return f"not yet: made here by {made['created_by'].iloc[0]}, needs an estimate"
    status = _STATUS.get(found.get("status", ""), "not in this data")
    effort = found.get("effort")
    weeks = "needs an estimate" if pd.isna(effort) else f"{float(str(effort)):.1f} person-weeks"
    return f"{status}, {weeks}"


def _use(row: Mapping[str, Any], area: str | None, said: SaidBy | None, behind: Behind) -> str:
    """How the asking account uses the feature, or the item's area."""
    if said is None or pd.isna(said.ask["account_id"]):
        return "no account named"
    use = behind.known.use
    if use.empty:
        return "no usage export is loaded"
    if row["kind"] == "ask_feature":
        return _use_in_words(
            account_use(use, said.ask["account_id"], feature_id=row["to_id"]), "it"
        )
    if area is None or pd.isna(area):
        return "the item names no area"
    return _use_in_words(account_use(use, said.ask["account_id"], area=area), str(area))


def _use_in_words(used: AccountUse, what: str) -> str:
    if used.last_day is None:
        return f"never used {what}"
    if not used.events:
        return f"last used {what} on {frame.day(used.last_day)}"
    return (
        f"{format.plural(used.events, 'event')} of {what} in 28 days, {used.events_before:,} in "
        f"the 28 before; {used.weeks} of {WEEKS} weeks"
    )


def _known(value: object, otherwise: str) -> str:
    return otherwise if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]
