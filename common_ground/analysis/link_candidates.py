"""What asks are compared with, and the best candidates of each, by the whole or by a part."""

from typing import Final

import numpy as np
import pandas as pd

from common_ground.analysis import ranker, ranker_learning
from common_ground.analysis.note_parts import parts
from common_ground.analysis.ranker_learning import Learned
from common_ground.analysis.similarity import Texts

PART_DISCOUNT: Final = 0.1  # a part of a note must match so much better than the whole note


def text_of(column: pd.Series) -> pd.Series:
    """A column as text; what is missing is empty."""
    return column.astype(object).where(column.notna(), "").astype(str)


def ask_texts(asks: pd.DataFrame) -> Texts:
    """Titles and words of asks, in their order."""
    return Texts(text_of(asks["title"]).tolist(), text_of(asks["text"]).tolist())


def target_texts(targets: pd.DataFrame) -> Texts:
    """Titles and bodies of targets, in their order."""
    return Texts(targets["title"].tolist(), targets["body"].tolist())


def targets_of(items: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    """Items and features as kind, to_id, title, body; ordered so that ids break ties last."""
    parts = [
        pd.DataFrame(
            {
                "kind": kind,
                "to_id": frame[key].to_numpy(dtype=object),
                "title": text_of(frame[title]).to_numpy(),
                "body": text_of(frame["description"]).to_numpy(),
            },
            dtype=object,
        )
        for kind, frame, key, title in (
            ("ask_item", items, "item_id", "title"),
            ("ask_feature", features, "feature_id", "name"),
        )
    ]
    together = pd.concat(parts, ignore_index=True)
    return together.sort_values(["title", "body", "kind", "to_id"], ignore_index=True)


def best_of_notes(
    index: ranker.Index, notes: Texts, count: int, coefficients: ranker.Coefficients
) -> pd.DataFrame:
    """Candidates of each note: left, right (rows), score, part; by the note or one of its parts."""
    split = [(row, part.text) for row, note in enumerate(notes.bodies) for part in parts(note)]
    whole = index.best(notes, count, coefficients)
    by_part = index.best(Texts([""] * len(split), [text for _, text in split]), count, coefficients)
    rows = np.array([row for row, _ in split], dtype=np.int64)
    said = np.array([text for _, text in split], dtype=object)
    found = pd.concat(
        [
            pd.DataFrame(
                {"left": whole.left, "right": whole.right, "score": whole.score, "part": None},
            ),
            pd.DataFrame(
                {
                    "left": rows[by_part.left],
                    "right": by_part.right,
                    "score": (by_part.score - PART_DISCOUNT).round(ranker.SCORE_ROUNDED_TO),
                    "part": said[by_part.left],
                },
            ),
        ]
    )
    found = found.loc[found["score"] > 0].sort_values(
        ["left", "score", "right"], ascending=[True, False, True], kind="stable"
    )
    found = found.drop_duplicates(["left", "right"])
    return found.loc[found.groupby("left").cumcount() < count]


def learned_from(
    index: ranker.Index, asks: pd.DataFrame, targets: pd.DataFrame, verdicts: pd.DataFrame
) -> Learned:
    """The ranker learned from the latest verdicts on pairs whose texts are still loaded."""
    decided = verdicts.loc[verdicts["kind"].isin(["ask_item", "ask_feature"])].drop_duplicates(
        ["from_id", "to_id"], keep="last"
    )
    decided = decided.loc[decided["verdict"].isin(["same", "different"])]
    place = dict(zip(targets["to_id"], range(len(targets)), strict=True))
    texts = ask_texts(asks)
    row = dict(zip(asks["ask_id"], range(len(asks)), strict=True))
    decided = decided.loc[decided["from_id"].isin(row) & decided["to_id"].isin(place)]
    return ranker_learning.learn(
        index,
        Texts(
            [texts.titles[row[ask]] for ask in decided["from_id"]],
            [texts.bodies[row[ask]] for ask in decided["from_id"]],
        ),
        np.array([place[to] for to in decided["to_id"]], dtype=np.int64),
        decided["verdict"].eq("same").to_numpy(dtype=bool),
    )
