"""Chains of links: A means B, B means C, and nobody has said that A means C."""

from typing import Final

import pandas as pd

CHAIN_COLUMNS: Final = ["from_id", "via_id", "to_id", "is_rejected"]


def chains(links: pd.DataFrame, verdicts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pairs joined by two settled links but by none of their own; to be shown, not followed.

    Args:
        links: as `matching.suggest_links` and `matching.suggest_same_asks` return them, together
            or one of them; settled are those by key or by the verdict "same".
        verdicts: one row per decided pair; kind, from_id, to_id, verdict. None for none.

    Returns:
        one row per chain: from_id (an ask), via_id (an ask), to_id (ask, item or feature),
        is_rejected (a person called from_id and to_id different, so that the chain contradicts
        itself). Each pair of asks occurs once, in the order of their ids; sorted by all columns.
    """
    settled = links.loc[
        links["how"].eq("key") | links["verdict"].eq("same").fillna(False).astype(bool)
    ]
    same_asks = settled["kind"].eq("ask_ask")
    pairs = settled.loc[same_asks, ["from_id", "to_id"]]
    both_ways = pd.concat(
        [pairs, pairs.set_axis(["to_id", "from_id"], axis=1)[["from_id", "to_id"]]]
    ).drop_duplicates()
    onward = pd.concat([both_ways, settled.loc[~same_asks, ["from_id", "to_id"]]])
    found = both_ways.set_axis(["from_id", "via_id"], axis=1).merge(
        onward.set_axis(["via_id", "to_id"], axis=1), on="via_id"
    )
    known = set(zip(onward["from_id"], onward["to_id"], strict=True))
    asks = set(both_ways["from_id"])
    rejected = _rejected(verdicts)
    rows = sorted(
        (one, via, other, (one, other) in rejected)
        for one, via, other in set(found.itertuples(index=False, name=None))
        if one != other
        and (one, other) not in known
        and (other not in asks or str(one) < str(other))
    )
    return pd.DataFrame(rows, columns=CHAIN_COLUMNS)


def _rejected(verdicts: pd.DataFrame | None) -> set[tuple[str, str]]:
    if verdicts is None:
        return set()
    latest = verdicts.drop_duplicates(["kind", "from_id", "to_id"], keep="last")
    pairs = latest.loc[latest["verdict"] == "different", ["from_id", "to_id"]]
    one_way = set(pairs.itertuples(index=False, name=None))
    return one_way | {(other, one) for one, other in one_way}
