"""The states a page can be in when it has nothing to show, each in the place of what it replaces.

Five kinds: empty, too few, no trade, not loaded, out of time or failed. Each says what is not
there, why, and one thing to do.
"""

from common_ground.ui import html


def empty(
    place: str, what: str, loaded: str, action: html.Html | str = "Clear the filters"
) -> html.Html:
    """Nothing matches the filters.

    Args:
        place: what stands here otherwise, "Overlap map".
        what: the plural that matches nothing or the singular after No: "item".
        loaded: what there is, "34 items are loaded. Segment Small holds none of them."
        action: what to do.
    """
    return html.state(
        f"{place}, empty", f"No {what} matches these filters", loaded, _action(action)
    )


def too_few(place: str, have: str, need: str, why: str, action: html.Html | str = "") -> html.Html:
    """Fewer rows than a figure needs: "7 trials ended", "a rate needs 10"."""
    return html.state(f"{place}, too few", f"{have}, {need}", why, _action(action))


def no_trade(place: str, capacity: str, why: str, opens: html.Html | str) -> html.Html:
    """No plan beats no deal for both sides; `opens` says what would open one."""
    return html.state(
        f"{place}, no trade", f"No trade available at {capacity}", why, _action(opens)
    )


def not_loaded(
    place: str,
    export: str,
    needs: str,
    action: html.Html | str | None = None,
) -> html.Html:
    """An export is missing: `needs` says what needs it, and what is complete without."""
    return html.state(
        f"{place}, not loaded",
        f"No {export} export in this workspace",
        needs,
        html.link("Add an export on the Data page", "data") if action is None else _action(action),
    )


def out_of_time(place: str, found: str, why: str, action: html.Html | str = "") -> html.Html:
    """A search stopped early: what was found, within what of the optimum."""
    return html.state(f"{place}, out of time", found, why, _action(action))


def failed(place: str, says: str, why: str, action: html.Html | str = "") -> html.Html:
    """Something could not be done; `why` is the text of the error."""
    return html.state(f"{place}, failed", says, why, _action(action))


def _action(action: html.Html | str) -> html.Html:
    if not action or isinstance(action, html.Html):
        return html.escape(action)
    return html.build('<b class="cg-next">{}</b>', action)
