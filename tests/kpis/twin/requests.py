"""Requests and agreements: from the ask to the release, and what was promised.

Rules chosen where the definitions are silent:
- An ask merged into one that does not exist is the end of its chain.
- A request belongs to the account that asked first of those that count; it is left out where all
  accounts that asked are excluded. Asks of excluded accounts make it no older and name no item.
- Asks dated after the as-of day do not make a request older.
- A release date counts whatever the item's status says; not one after the as-of day.
- A root whose key names no item and no feature has no release, whatever its repeats name.
- A key that is both an item's and a feature's is the item's.
- An agreement was done on the day delivered, else the day closed; done on the due day is kept.
- Renegotiated on or before the due day (or nobody said when) is neither kept nor missed, nor are
  drafts and what was withdrawn; an open agreement whose due day is not over is not due yet.
- Agreed to shipped: kept agreements done in the window, from the day they were made.
"""

from datetime import date

from tests.kpis.twin.base import Figure, day_of, middle, share


def root_of(asks, ask_id):
    """The ask at the end of the chain; of a circle the smallest id."""
    path = [ask_id]
    while True:
        following = asks[path[-1]]["merged_into"]
        if following is None or following not in asks:
            return path[-1]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)


def requests(asked):
    """Root ask -> asks that were merged into it, itself among them."""
    asks = {row["ask_id"]: row for row in asked["asks"]}
    found = {}
    for ask_id in asks:
        found.setdefault(root_of(asks, ask_id), []).append(asks[ask_id])
    return {root: (asks[root], members) for root, members in found.items()}


def _release(asked, root, members):
    dates = {row["feature_id"]: row["released_date"] for row in asked["features"]}
    dates |= {row["item_id"]: row["released_date"] for row in asked["items"]}
    taken = [row for row in members if not asked.is_excluded(row["account_id"])] or members
    keys = sorted(row["item_key"] for row in taken if row["item_key"] is not None)
    key = (root["item_key"] if root in taken else None) or next(iter(keys), None)
    released = dates.get(key)
    return released if released is not None and released <= asked.as_of else None


def released_dates(asked):
    """Ask -> day its request was released; asks whose request is not released are absent."""
    found = {}
    for root, members in requests(asked).values():
        released = _release(asked, root, members)
        if released is not None:
            found |= {row["ask_id"]: released for row in members}
    return found


def _account(asked, members):
    """The account that asked first, of those that count; all excluded: any of them."""
    named = [row for row in members if row["account_id"] is not None]
    taken = [row for row in named if not asked.is_excluded(row["account_id"])]
    first = sorted(taken, key=lambda row: (row["asked_date"] or date.max, row["ask_id"]))
    is_nobody = any(row["account_id"] is None for row in members)
    last = None if is_nobody or not named else named[0]["account_id"]
    return first[0]["account_id"] if first else last


def request_to_ship_days(asked):
    days = []
    for root, members in requests(asked).values():
        released = _release(asked, root, members)
        said = [
            row["asked_date"]
            for row in members
            if row["asked_date"] is not None
            and row["asked_date"] <= asked.as_of
            and not asked.is_excluded(row["account_id"])
        ]
        if asked.takes(_account(asked, members)) and asked.has(released) and said:
            days.append((released - min(said)).days)
    days = [count for count in days if count >= 0]
    return Figure(middle(asked, days), len(days))


def _agreements(asked):
    if asked.agreements is None:
        return
    for row in asked.agreements.to_dict("records"):
        done = [day_of(row.get(name)) for name in ("delivered_date", "closed_date", "closed_at")]
        known = [day for day in done if day is not None]
        yield (
            row["status"],
            day_of(row["due_date"]),
            (known or [None])[0],
            day_of(row["created_at"]),
        )


def commitments_kept(asked):
    results = []
    for status, due, done, _ in _agreements(asked):
        is_waiting = status == "open" and due is not None and due >= asked.as_of
        is_moved = status == "renegotiated" and (done is None or due is None or done <= due)
        is_void = status in ("draft", "withdrawn")
        if asked.has(due) and not is_waiting and not is_moved and not is_void:
            results.append(status == "kept" and done is not None and done <= due)
    return Figure(share(sum(results), len(results)), len(results))


def agreed_to_ship_days(asked):
    days = [
        (done - made).days
        for status, _, done, made in _agreements(asked)
        if status == "kept" and asked.has(done) and made is not None
    ]
    return Figure(middle(asked, days), len(days))
