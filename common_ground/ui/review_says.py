"""What Review links says in words: the answer, a pair's standing, and why there is none."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from common_ground.analysis import shared_words
from common_ground.analysis.review_queue import Progress
from common_ground.charts import format
from common_ground.ui import frame, html, messages

KEYS: Final = (
    "Keys: 1 same, 2 related, 3 different, 4 unsure, P next part of the note, right arrow skips, "
    "left arrow goes back, U takes your last verdict back. They rest while you type in a box."
)
NEEDS_NAME: Final = "Enter your name first: every verdict is signed."
NEXT_BUILD: Final = (
    "A verdict on two accounts counts from the next build on; the Data page publishes one. Same: "
    "they are one company in every number. Related: of one group, counted apart."
)
_VERDICTS: Final = {
    "same": "the same",
    "related": "related",
    "different": "different",
    "unsure": "left open",
}


def answer(so_far: Progress, currency: str) -> list[object]:
    """How much of the money waits for a verdict, and how far the review is."""
    if not so_far.total:
        return ["No link waits for anyone."]
    decided = html.said_by("shared", f"{so_far.decided:,} of {so_far.total:,}")
    if not so_far.money:
        return [
            decided,
            " pairs decided. No open deal names an ask, so no money hangs on the rest.",
        ]
    of = f"{format.money_short(so_far.money, currency)} in open deals with an ask"
    if not so_far.waiting:
        return [
            decided,
            f" pairs decided: none of the {of} waits for a verdict.",
        ]
    waiting = html.said_by("shared", format.money_short(so_far.waiting, currency))
    return [
        decided,
        " pairs decided: ",
        waiting,
        f" of the {of} waits for a verdict.",
    ]


def progress_bar(so_far: Progress) -> html.Html:
    """Money that no longer waits as a bar, pairs where there is none, and what is left in words."""
    share = so_far.decided / so_far.total if so_far.total else 1.0
    if so_far.money:
        share = 1.0 - so_far.waiting / so_far.money
    return html.capacity(f"{so_far.open:,} undecided, {so_far.unsure:,} unsure", share)


def about(row: Mapping[str, Any], place: str, currency: str, via: Sequence[str]) -> html.Html:
    """What a verdict on this pair moves, why it is suggested, and who decided before.

    Args:
        row: of the queue.
        place: as `place_in_words`.
        currency: of the workspace.
        via: texts of asks that a settled link joins with both ends.
    """
    money = format.money_short(row["money"], currency)
    careful = [] if pd.isna(row["warning"]) else [_doubt(row)]
    if via:
        careful.append(f"both are linked with “{_short(via[0], 40)}”")
    lines = [
        html.fact("Behind it", f"{money} in open deals" if row["money"] else "no open deal"),
        html.fact("Careful", "; ".join(careful))
        if careful
        else html.fact("Why it is suggested", _why(row)),
        html.fact("Place in the queue", place),
        html.fact("Verdict", verdict_in_words(row)),
    ]
    return html.grid(lines, "4")


def _doubt(row: Mapping[str, Any]) -> str:
    """Words of an ask that may mean the opposite, or what speaks against one company."""
    if row["kind"] == "account":
        return str(row["warning"])
    return f"“{row['warning']}” may turn it around"


def verdict_in_words(row: Mapping[str, Any]) -> str:
    """Who decided what and when, or why nobody has to."""
    if row["verdict"] is not None:
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
    return f"{words}, likeness {row['score']:.2f}"


def _short(text: str, most: int = 70) -> str:
    said = " ".join(text.split())
    return said if len(said) <= most else said[:most].rsplit(" ", 1)[0] + "…"


def place_in_words(place: int | None, of: int, chosen: str) -> str:
    """Where the pair stands in what the filters leave."""
    if place is None:
        return f"not among the {of:,} {chosen}"
    return f"{place:,} of {of:,} {chosen}"


def label(row: Mapping[str, Any] | pd.Series) -> str:
    """A pair as one line, for a list to choose from."""
    ends = _short(row["from_text"], 50), _short(row["to_text"], 40)
    return f"{_VERDICTS[row['verdict']]}: {' / '.join(ends)}"
