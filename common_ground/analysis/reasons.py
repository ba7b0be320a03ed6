"""Why a thing is where it is on the overlap map, in one plain sentence."""

from typing import Any

import pandas as pd

RELEASED = "Released, and nobody has asked for it since"
UNHEARD_OF = "Neither planned, nor rated, nor asked for"


def _plural(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def sentences(things: pd.DataFrame, median: float | None) -> list[str]:
    """Why each thing is in its class, or in none, in the order of the rows.

    Args:
        things: as overlap.Overlap.items, with is_wanted and is_low.
        median: weighted accounts that product's own median item reaches; None: nothing is rated.
    """
    return [_reason(thing, median) for thing in things.to_dict("records")]


def _asked(thing: dict[Any, Any]) -> str:
    if thing["deals"]:
        return f"Asked for in {_plural(int(str(thing['deals'])), 'open deal')}"
    asks, accounts = thing["asks"], thing["accounts"]
    said = _plural(asks, "time").replace("1 time", "once")
    by = f" by {_plural(accounts, 'account')}" if accounts else ""
    return f"Asked for {said}{by}, in no open deal"


def _product_says(thing: dict[Any, Any], median: float | None) -> str:
    if thing["is_planned"]:
        return "product plans it"
    if thing["kind"] == "asks":
        return "no item answers it"
    if thing["status"] == "declined":
        return "product declined it"
    if not thing["is_rated"]:
        return "product neither plans nor rates it"
    side = "above" if thing["is_wanted"] else "not above"
    # No median where all that is rated is built.
    against = "none" if median is None else f"{median:,.0f}"
    return f"product rates it {side} its median ({thing['reach']:,.0f} against {against})"


def _reason(thing: dict[Any, Any], median: float | None) -> str:
    name, product = thing["class"], _product_says(thing, median)
    if name == "exists":
        return _exists_reason(thing)
    if name == "usage_disagrees":
        return _usage_reason(thing)
    if name == "only_product" and not thing["asks"]:
        return f"{product[0].upper()}{product[1:]}, and nobody asks."
    if name is None and not thing["asks"]:
        is_released = thing["status"] == "released"
        return f"{RELEASED if is_released else UNHEARD_OF}."
    return f"{_asked(thing)}; {product}."


def _exists_reason(thing: dict[Any, Any]) -> str:
    if thing["kind"] == "item":
        return f"{_asked(thing)}; it is released."
    known = thing["users_asking"]
    if not known:
        return f"{_asked(thing)}; it exists, and none of those asking uses the product yet."
    return (
        f"It exists: of {_plural(known, 'asking account')} that use the product, "
        f"{thing['never_used']} never used it, {thing['sometimes_used']} now and then, "
        f"{thing['weekly_used']} weekly."
    )


def _usage_reason(thing: dict[Any, Any]) -> str:
    if not thing["deals"]:
        return f"Use of {thing['area']} is heavy and growing, and nobody asks."
    users = f"{thing['users_asking_active']} of {thing['users_asking']}"
    if thing["is_low"]:
        return f"{_asked(thing)}, but {users} asking accounts used {thing['area']} in 28 days."
    return f"{_asked(thing)}, but the asking accounts' use of {thing['area']} is falling."
