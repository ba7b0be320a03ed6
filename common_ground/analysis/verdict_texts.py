"""Verdicts outlive the ids they were given on: they are known again by the texts they were about.

An export that is renamed, or loaded beside another one, may give its asks other ids. The texts a
person looked at stay with the verdict, so a pair that was called different stays apart, and one
that was called the same stays linked.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from common_ground.visible import visible

# A text edited under its own id keeps at least this share of the words of the shorter version.
ALIKE_SHARE: Final = 0.5

_PART: Final = re.compile("⟦(.*?)⟧", re.DOTALL)
_WORD: Final = re.compile(r"\w+")


def shown_text(title: str | float | None, body: str | float | None) -> str:
    """Title and body as a verdict keeps them: on lines of their own, a repeated one once."""
    parts = ["" if value is None or pd.isna(value) else str(value) for value in (title, body)]
    head, rest = parts
    if not head.strip() or head.strip() == rest.strip():
        return rest
    return f"{head}\n{rest}" if rest.strip() else head


def with_part(text: str, part: str | None) -> str:
    """The text with the part that was meant in ⟦ ⟧; the text itself where all of it was meant."""
    if not part or part == text or part not in text:
        return text
    return text.replace(part, f"⟦{part}⟧", 1)


def part_meant(text: str) -> str | None:
    """The part that a verdict's text marks, else None: the whole note was meant."""
    found = _PART.search(text)
    return found[1] if found else None


@dataclass(frozen=True)
class Remembered:
    """Verdicts on the ids of the data at hand.

    Attributes:
        verdicts: as given, with from_id and to_id as this data has them; a verdict on a text that
            several asks share stands for each of them.
        waiting: those whose texts this data does not hold, as given; they count nowhere.
    """

    verdicts: pd.DataFrame
    waiting: pd.DataFrame


@dataclass(frozen=True)
class Known:
    """The texts of one kind of rows.

    Attributes:
        texts: those that name each id, the whole one first.
        by_text: ids of each text.
    """

    texts: Mapping[str, list[str]]
    by_text: Mapping[str, list[str]]

    @classmethod
    def of(cls, ids: pd.Series, titles: pd.Series, bodies: pd.Series) -> "Known":
        """The texts of rows with an id, a title and a body."""
        texts: dict[str, list[str]] = {}
        by_text: dict[str, list[str]] = {}
        for key, title, body in zip(ids, titles, bodies, strict=True):
            versions = (shown_text(title, body), shown_text(None, body), title)
            said = [one for one in dict.fromkeys(map(compared, versions)) if one]
            texts[str(key)] = said
            for one in said:
                by_text.setdefault(one, []).append(str(key))
        return cls(texts, by_text)

    def find(self, key: str, stored: str | None, is_rejected: bool) -> list[str]:
        """The ids that a verdict on `key` with this text is about; empty for none."""
        said = compared(None if stored is None or pd.isna(stored) else _PART.sub(r"\1", stored))
        if key in self.texts and (not said or said in self.texts[key]):
            return [key]
        same = self.by_text.get(said, [])
        if same:
            own = [one for one in same if _bare(one) == _bare(key)]
            return own or same
        if key in self.texts and (is_rejected or _is_edited(said, self.texts[key])):
            return [key]
        return []


def known_texts(
    asks: pd.DataFrame, items: pd.DataFrame, features: pd.DataFrame
) -> dict[str, Known]:
    """The texts of this data, by the kind of pair at whose right they stand.

    Args:
        asks: ask_id, title, text.
        items: item_id, title, description.
        features: feature_id, name, description.
    """
    return {
        "ask_item": Known.of(items["item_id"], items["title"], items["description"]),
        "ask_feature": Known.of(features["feature_id"], features["name"], features["description"]),
        "ask_ask": Known.of(asks["ask_id"], asks["title"], asks["text"]),
    }


def on_these_ids(verdicts: pd.DataFrame, right: Mapping[str, Known]) -> Remembered:
    """Verdicts with the ids that their texts have in this data.

    An id stays where its text is the one that was looked at, an edited version of it, or was not
    kept. Else the verdict moves to the rows with that text: those whose id differs only by the
    name of a file, if there are any. Verdicts on accounts stay as they are.

    Args:
        verdicts: of the ledger; kind, from_id, to_id, verdict, from_text, to_text.
        right: as `known_texts` returns them.
    """
    rows: list[int] = []
    ends: list[tuple[str, str]] = []
    waiting: list[int] = []
    columns = (
        verdicts.get(name, pd.Series("", verdicts.index))
        for name in ("kind", "from_id", "to_id", "verdict", "from_text", "to_text")
    )
    for place, (kind, start, end, verdict, said, about) in enumerate(zip(*columns, strict=True)):
        if kind not in right:
            rows.append(place)
            ends.append((start, end))
            continue
        # What was called different must never come back, even under a rewritten text.
        is_rejected = verdict == "different"
        starts = right["ask_ask"].find(start, said, is_rejected)
        targets = right[kind].find(end, about, is_rejected)
        found = [(one, other) for one in starts for other in targets if one != other]
        rows += [place] * len(found)
        ends += found
        if not found:
            waiting.append(place)
    moved = verdicts.iloc[rows].assign(
        from_id=pd.Series([one for one, _ in ends], dtype=object).to_numpy(),
        to_id=pd.Series([other for _, other in ends], dtype=object).to_numpy(),
    )
    return Remembered(moved.reset_index(drop=True), verdicts.iloc[waiting].reset_index(drop=True))


def compared(text: str | float | None) -> str:
    """A text as two versions of it are compared: case, blanks and unseen characters apart."""
    if text is None or pd.isna(text):
        return ""
    return " ".join(visible(str(text)).casefold().split())


def _bare(key: str) -> str:
    """An id without the file that told it apart from another file's."""
    return key.rsplit(":", 1)[-1]


def _is_edited(said: str, versions: list[str]) -> bool:
    before, now = (set(_WORD.findall(text)) for text in (said, " ".join(versions)))
    least = min(len(before), len(now))
    return least > 0 and len(before & now) >= ALIKE_SHARE * least


def reader(
    asks: pd.DataFrame, items: pd.DataFrame, features: pd.DataFrame, companies: pd.DataFrame
) -> Callable[[str, str], str]:
    """The text that stands behind an id, by side of the pair: ("ask_item", id) gives an item's.

    Args:
        asks: mart_asks.
        items: mart_items.
        features: mart_features.
        companies: as `account_links.ends`; a company is read by its names.
    """
    named = zip(companies["end"], companies["names"], strict=True)
    texts = {("account", str(end)): "\n".join(names) for end, names in named}
    for kind, frame, key, title, body in (
        ("ask_ask", asks, "ask_id", "title", "text"),
        ("ask_item", items, "item_id", "title", "description"),
        ("ask_feature", features, "feature_id", "name", "description"),
    ):
        columns = (frame[name] for name in (key, title, body))
        texts |= {(kind, str(one)): shown_text(*rest) for one, *rest in zip(*columns, strict=True)}
    return lambda kind, key: texts.get((kind, key), "")
