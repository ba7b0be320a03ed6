"""The card of a pair to review: both texts side by side, what they share, and what is behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from common_ground.analysis import shared_words, verdict_texts
from common_ground.analysis.review_card import (
    WEEKS,
    AccountUse,
    SaidBy,
    account_use,
    said_by,
    thing,
)
from common_ground.analysis.review_queue import Progress
from common_ground.charts import format
from common_ground.meeting import Evidence
from common_ground.ui import frame, html, messages

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
_VERDICTS: Final = {
    "same": "the same",
    "related": "related",
    "different": "different",
    "unsure": "left open",
}


@dataclass(frozen=True)
class Behind:
    """What the cards are made of.

    Attributes:
        known: asks, items, deals, features and use.
        currency: of the workspace.
        own_items: items people made from asks.
    """

    known: Evidence
    currency: str
    own_items: pd.DataFrame


def answer(so_far: Progress, confirmed_share: float | None, money: str) -> list[object]:
    """How far the review is, and how much of the money is confirmed."""
    if not so_far.total:
        return ["No link waits for anyone."]
    decided = html.said_by("shared", f"{so_far.decided:,} of {so_far.total:,}")
    if confirmed_share is None:
        return [decided, " decided. No open deal names an ask, so no money hangs on the rest."]
    share = html.said_by("shared", format.share(confirmed_share))
    return [decided, " decided, ", share, f" of the {money} that deals ask for confirmed."]


def answer_in_a_hurry(so_far: Progress) -> list[object]:
    """How far the review is, while the money is not added up yet."""
    decided = html.said_by("shared", f"{so_far.decided:,} of {so_far.total:,}")
    return [decided, " decided. The money is added up in a pause."]


def progress_bar(so_far: Progress) -> html.Html:
    """Decided pairs as a bar, and what is left in words."""
    share = so_far.decided / so_far.total if so_far.total else 1.0
    text = f"{so_far.open:,} undecided, {so_far.unsure:,} unsure"
    return html.capacity(text, share)


def card(row: Mapping[str, Any], behind: Behind) -> html.Html:
    """Both sides of a pair: equal size, sales left, product right, shared words marked."""
    stems = shared_words.shared(row["from_text"], row["to_text"])
    said = said_by(row["from_id"], behind.known.asks, behind.known.deals)
    if row["kind"] == "ask_ask":
        right = _ask(row["to_id"], row["to_text"], stems, behind, "Another ask")
    elif row["kind"] == "account":
        right = _account(row["to_id"], row["to_text"], stems)
    else:
        right = _thing(row, stems, said, behind)
    if row["kind"] == "account":
        left = _account(row["from_id"], row["from_text"], stems)
    else:
        part = shared_words.best_part(row["from_text"], row["to_text"])
        left = _ask(row["from_id"], row["from_text"], stems, behind, "Ask", part)
    return html.grid([left, right], "2")


def about(row: Mapping[str, Any], place: str, currency: str) -> html.Html:
    """What a verdict on this pair moves, how likely nothing here is, and who decided before."""
    money = row["money"]
    lines = [
        html.fact(
            "Behind it",
            f"{format.money_short(money, currency)} in open deals" if money else "no open deal",
        ),
        html.fact("Why it is suggested", _why(row)),
        html.fact("Place in the queue", place),
        html.fact("Verdict", verdict_in_words(row)),
    ]
    if pd.notna(row["warning"]):
        lines[1] = html.fact("Careful", f"“{row['warning']}” may turn the match around")
    return html.grid(lines, "4")


def verdict_in_words(row: Mapping[str, Any]) -> str:
    """Who decided what and when, or why nobody has to."""
    if pd.notna(row["verdict"]):
        when = pd.Timestamp(row["decided_at"])
        verdict = _VERDICTS[row["verdict"]]
        return f"{verdict}, says {row['decided_by']}, {frame.day(when.date())} {when:%H:%M} UTC"
    if row["state"] == "key":
        return "named by the export or the text"
    if row["state"] == "answered":
        return "its ask is linked already"
    return "nobody has decided"


def meanwhile(row: Mapping[str, Any], mine: str) -> html.Html:
    """Another person decided the pair first, and what that was."""
    return html.state(
        "Decided meanwhile",
        f"{row['decided_by']} says {_VERDICTS[row['verdict']]}",
        f"It was stored before your click. Your verdict, {_VERDICTS[mine]}, is not stored yet: "
        "put it in its place, or leave what stands. Both stay in the history.",
    )


def lately(decided: pd.DataFrame, most: int = 8) -> html.Html:
    """The last verdicts, newest first."""
    lines = [
        html.Row(
            _VERDICTS[row["verdict"]],
            html.build("{} {}", _short(row["from_text"]), html.soft(_short(row["to_text"]))),
            row["decided_by"],
        )
        for row in decided.head(most).to_dict("records")
    ]
    return html.rows(lines) if lines else html.soft("Nobody has decided anything yet.")


def none_loaded() -> html.Html:
    """No asks: nothing can be linked."""
    return messages.not_loaded(
        "Review links",
        "request",
        "Links join what was asked for with items and features. Items, usage and KPIs are "
        "complete without.",
    )


def none_suggested(asks: int, items: int) -> html.Html:
    """Asks are there, and nothing they could mean."""
    return html.state(
        "Review links, empty",
        "No ask shares a word with an item, a feature or another ask",
        f"{format.plural(asks, 'ask')} and {format.plural(items, 'item')} are loaded.",
        html.link("Add a backlog on the Data page", "data"),
    )


def all_decided(so_far: Progress) -> html.Html:
    """Nothing undecided is left."""
    unsure = f" {so_far.unsure:,} were left open as unsure." if so_far.unsure else ""
    return html.state(
        "Review links, done",
        "Every suggested link is decided",
        f"{format.plural(so_far.decided, 'pair')} decided by people.{unsure} New exports may "
        "bring new ones.",
        html.link("See what it changed on the map", "overlaps"),
    )


def none_match(so_far: Progress) -> html.Html:
    """Filters that match nothing."""
    return messages.empty(
        "Review links",
        "link",
        f"{so_far.open:,} are undecided, {so_far.unsure:,} unsure, {so_far.decided:,} decided.",
        html.link("Clear the filters", "review-links"),
    )


def _why(row: Mapping[str, Any]) -> str:
    if pd.isna(row["score"]):
        return "a person searched for it"
    if row["state"] == "key":
        return "a key names it"
    count = len(shared_words.shared(row["from_text"], row["to_text"]))
    words = format.plural(count, "shared word") if count else "alike in spelling"
    return f"{words}, likeness {row['score']:.2f} (no probability)"


def _marked(text: str, stems: frozenset[str]) -> html.Html:
    return html.join(
        html.build('<b class="cg-common">{}</b>', piece) if is_shared else html.escape(piece)
        for piece, is_shared in shared_words.pieces(text, stems)
    )


def _text(text: str, stems: frozenset[str], part: str | None = None) -> html.Html:
    """The text with shared words marked; of a note of several parts the matching one in ink."""
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
    said = said_by(key, behind.known.asks, behind.known.deals)
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
    facts.append(("Use by the account", _use(row, area, said, behind)))
    text = _text(row["to_text"], stems)
    return _panel("product", _KIND_WORDS[kind], key, text, html.pairs(facts))


def _account(key: str, text: str, stems: frozenset[str]) -> html.Html:
    side: html.Side = "shared"
    return _panel(side, _KIND_WORDS["account"], key, _text(text or key, stems), html.build(""))


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


def _short(text: str, most: int = 70) -> str:
    said = " ".join(text.split())
    return said if len(said) <= most else said[:most].rsplit(" ", 1)[0] + "…"


def place_in_words(place: int | None, of: int, chosen: str) -> str:
    """Where the pair stands in what the filters leave."""
    if place is None:
        return f"not among the {of:,} {chosen}"
    return f"{place:,} of {of:,} {chosen}"


def label(row: Mapping[str, Any]) -> str:
    """A pair as one line, for a list to choose from."""
    ends = _short(row["from_text"], 50), _short(row["to_text"], 40)
    return f"{_VERDICTS[row['verdict']]}: {' / '.join(ends)}"


def parts(text: str) -> list[str]:
    """The parts of a note that a verdict may be about; empty where it is one."""
    found = verdict_texts.parts_of(text)
    return found if len(found) > 1 else []
