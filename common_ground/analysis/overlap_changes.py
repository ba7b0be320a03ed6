"""What changed on the map from an earlier state of the data to a later one."""

from typing import Final

import pandas as pd

from common_ground.analysis.overlap import Overlap

ENTERED, LEFT, MOVED, MONEY = "entered", "left", "moved", "money"
CHANGES: Final = {
    ENTERED: "New on the map",
    LEFT: "Left the map",
    MOVED: "Changed class",
    MONEY: "Money changed",
}
_COLUMNS: Final = ["item_id", "title", "kind", "class", "touched", "allocated"]


def compare(before: Overlap, after: Overlap) -> pd.DataFrame:
    """Things that entered, left, changed class or are asked for with other money.

    Things are the same when their ids are; a wish that no item answers also when its words are,
    since the ask it is named after may have gone. Both maps must be made with the same level,
    filters and thresholds.

    Args:
        before: the map of the earlier data.
        after: the map of the later data.

    Returns:
        one row per thing that changed: item_id and title (of the later map where it is on it),
        change (of CHANGES, the first that holds), class_before, class_after (None: not on the
        map), touched_before, touched_after, touched_change, allocated_before, allocated_after
        (workspace currency; 0: not on the map). In the order of CHANGES, largest change of money
        first, ties by title and item_id.
    """
    old, new = before.items[_COLUMNS], after.items[_COLUMNS]
    old = old.assign(key=_keys(old, new))
    both = old.merge(
        new.assign(key=new["item_id"]), how="outer", on="key", suffixes=("_before", "_after")
    )
    is_old, is_new = both["item_id_before"].notna(), both["item_id_after"].notna()
    found = pd.DataFrame(
        {
            "item_id": both["item_id_after"].where(is_new, both["item_id_before"]),
            "title": both["title_after"].where(is_new, both["title_before"]),
            "class_before": both["class_before"].astype(object).where(is_old, None),
            "class_after": both["class_after"].astype(object).where(is_new, None),
            **{
                f"{name}_{when}": both[f"{name}_{when}"].astype(float).fillna(0.0)
                for name in ("touched", "allocated")
                for when in ("before", "after")
            },
        }
    )
    found["touched_change"] = (found["touched_after"] - found["touched_before"]).round(2)
    is_moved = is_old & is_new & (found["class_before"] != found["class_after"])
    found["change"] = pd.Series(pd.NA, found.index, dtype=object)
    for name, holds in (
        (MONEY, found["touched_change"] != 0),
        (MOVED, is_moved),
        (LEFT, ~is_new),
        (ENTERED, ~is_old),
    ):
        found.loc[holds, "change"] = name
    found = found.loc[found["change"].notna()]
    found = found.assign(
        order=found["change"].map({name: place for place, name in enumerate(CHANGES)}),
        size=-found["touched_change"].abs(),
    )
    columns = ["item_id", "title", "change", "class_before", "class_after", "touched_before"]
    columns += ["touched_after", "touched_change", "allocated_before", "allocated_after"]
    return found.sort_values(["order", "size", "title", "item_id"], ignore_index=True)[columns]


def _keys(old: pd.DataFrame, new: pd.DataFrame) -> pd.Series:
    """What each earlier thing is called on the later map; its own id where it is not there."""
    is_gone = (old["kind"] == "asks") & ~old["item_id"].isin(new["item_id"])
    fresh = new.loc[(new["kind"] == "asks") & ~new["item_id"].isin(old["item_id"])]
    once = fresh.drop_duplicates("title", keep=False).set_index("title")["item_id"]
    once = once.loc[~once.index.isin(old.loc[is_gone & old["title"].duplicated(False), "title"])]
    renamed = old["title"].map(once).where(is_gone)
    return renamed.astype(object).where(renamed.notna(), old["item_id"])
