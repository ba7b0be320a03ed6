"""What the page Review links goes through: every suggested pair, and what a verdict changes."""

from dataclasses import replace

import pandas as pd

from common_ground import meeting
from common_ground.analysis import review_queue, verdict_texts
from common_ground.meeting import Decided
from common_ground.warehouse.published import Data


def without_verdicts(decided: Decided) -> Decided:
    """What suggestions depend on: they stay while people give verdicts."""
    return replace(decided, verdicts=decided.verdicts.iloc[:0])


def texts(data: Data, decided: Decided) -> pd.DataFrame:
    """What stands behind each id in a review: kind (of the pair it is at the right of), id, text.

    The left of a pair is an ask and is found as ask_ask.
    """
    parts = [
        pd.DataFrame(
            {
                "kind": kind,
                "id": frame[key],
                "text": [
                    verdict_texts.shown_text(one, other)
                    for one, other in zip(frame[title], frame[body], strict=True)
                ],
            }
        )
        for kind, frame, key, title, body in (
            ("ask_ask", data.mart("mart_asks"), "ask_id", "title", "text"),
            ("ask_item", meeting.items(data, decided), "item_id", "title", "description"),
            ("ask_feature", data.mart("mart_features"), "feature_id", "name", "description"),
        )
    ]
    return pd.concat(parts, ignore_index=True)


def suggestions(data: Data, decided: Decided, said: pd.DataFrame) -> pd.DataFrame:
    """What there is to review, whatever was decided; see `review_queue.prepare`.

    Args:
        data: published data.
        decided: what the ledger holds, `without_verdicts`.
        said: as `texts`.
    """
    parts = [meeting.links(data, decided), meeting.same_asks(data, decided)]
    return review_queue.prepare(
        pd.concat(parts, ignore_index=True),
        data.mart("mart_asks"),
        data.mart("mart_deal_values"),
        said,
    )


def queue(
    data: Data, decided: Decided, suggested: pd.DataFrame, said: pd.DataFrame
) -> pd.DataFrame:
    """Every pair to review, what a verdict changes most first; see `review_queue.build_queue`.

    Args:
        data: published data.
        decided: what the ledger holds.
        suggested: as `suggestions`.
        said: as `texts`.
    """
    return review_queue.build_queue(
        suggested,
        meeting.remembered(data, decided).verdicts,
        data.mart("mart_asks"),
        data.mart("mart_deal_values"),
        said,
    )
