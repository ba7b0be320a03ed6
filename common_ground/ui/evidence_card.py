"""The evidence card of the Overlaps page: what stands behind one thing on the map, at a glance."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from common_ground.analysis.evidence import Evidence
from common_ground.analysis.item_use import NEVER, TRIED, WEEKLY, ItemUse
from common_ground.analysis.item_values import LABELS as KIND_LABELS
from common_ground.analysis.item_values import ItemValues
from common_ground.analysis.overlap import LABELS
from common_ground.charts import format, sparkline
from common_ground.charts.template import Theme
from common_ground.meeting import Behind
from common_ground.ui import html, story_card

_STATUS: Final = {
    "planned": "planned",
    "in_progress": "in progress",
    "idea": "an idea",
    "released": "released",
    "declined": "declined",
}
# Open money by kind, then what is never added to it.
_APART: Final = ("new", "expansion", "renewal", "lost", "at_risk")
_LABELS: Final = KIND_LABELS | {"at_risk": "At risk"}  # five stand side by side
_NAMES: Final = 24  # characters of a prerequisite's or a deal's name


def card(behind: Behind, values: ItemValues, currency: str, theme: Theme) -> html.Html:
    """Money left, reach right, money by kind, use by those who ask against all, the story.

    Args:
        behind: the thing and what stands behind it.
        values: money behind everything on the map.
        currency: of the workspace.
        theme: light or dark, for the line of use.
    """
    evidence = behind.card
    thing = evidence.thing
    money = values.of(thing["item_id"])
    return html.box(
        html.heading(
            thing["title"],
            html.tag(html.CLASS_SIDES[thing["class"]], LABELS[thing["class"]].lower()),
        ),
        html.note(_about(evidence)),
        html.build('<p style="margin:0.2rem 0 0.5rem">{}</p>', thing["reason"]),
        html.grid([_sales(evidence, money, currency), _product(evidence)], "2"),
        _apart(money, values, currency),
        html.note(_notes_on_money(thing, money, values, currency)),
        _use(behind.use, theme),
        story_card.quote(behind.story, currency) if behind.story else "",
        html.note(_links(evidence)),
        html.note(_doubts(evidence)),
    )


def _about(evidence: Evidence) -> str:
    """Key, plan, effort and prerequisites in one line."""
    thing = evidence.thing
    if thing["kind"] == "asks":
        return "Asked for in these words; no item in the backlog answers it."
    parts = [str(thing["item_id"])]
    parts.append("in the product" if thing["kind"] == "feature" else _STATUS[thing["status"]])
    if pd.notna(thing["effort"]):
        parts.append(f"{format.count(thing['effort'], 1)}{format.NO_BREAK}person-weeks")
    if len(evidence.needs):
        parts.append(f"needs {', '.join(evidence.needs['title'])}")
    if evidence.excludes:
        parts.append(f"cannot be built together with {', '.join(evidence.excludes)}")
    return ", ".join(parts)


def _sales(evidence: Evidence, money: Mapping[str, Mapping[str, Any]], currency: str) -> html.Html:
    thing = evidence.thing
    about = f"touched, {format.plural(thing['deals'], 'open deal')}"
    head = html.side_head(
        "sales", "Sales asks", format.money_short(thing["touched"], currency), about
    )
    if "touched" not in money:
        return html.group(head)
    parts = [
        (thing["allocated"], "allocated"),
        (money["touched"]["weighted"], "weighted"),
        (money["blocked"]["amount"] if "blocked" in money else 0.0, "blocked"),
    ]
    if evidence.unlocked > 0:
        needed = ", ".join(_short(title) for title in evidence.needs["title"])
        parts.append((evidence.unlocked, f"unlocked with {needed}" if needed else "unlocked"))
    said = [f"{format.money_short(amount, currency)} {what}" for amount, what in parts]
    lines = [", ".join(said[at : at + 2]) for at in range(0, len(said), 2)]
    return html.group(head, html.join(html.build("<div>{}</div>", line) for line in lines))


def _short(name: str) -> str:
    return name if len(name) <= _NAMES else f"{name[:_NAMES].rstrip()}…"


def _product(evidence: Evidence) -> html.Html:
    thing = evidence.thing
    if thing["kind"] == "asks":
        head = html.side_head("product", "Product sees", "–", "not in the backlog, so not rated")
        return html.group(head)
    reach = format.count(thing["reach"])
    if thing["kind"] == "feature":
        head = html.side_head("product", "Product sees", reach, "accounts use it")
        return html.group(head, html.build("<div>in the last 28 days</div>"))
    head = html.side_head("product", "Product sees", reach, "accounts reached, weighted")
    accounts = format.count(thing["active_accounts"])
    source = {
        "own": "product's own figure",
        "usage": f"active in {thing['area']}",
        "none": "reach not known",
    }[thing["reach_from"]]
    rating = f"impact {thing['impact']:g}, confidence {thing['confidence']:g}"
    return html.group(
        head,
        html.build("<div>{} {}</div>", accounts, source),
        html.build("<div>{}{}</div>", rating, "" if thing["is_rated"] else ", both assumed"),
    )


def _apart(money: Mapping[str, Mapping[str, Any]], values: ItemValues, currency: str) -> html.Html:
    """The kinds of money side by side, with how many deals or accounts; never added."""
    cells = []
    for kind in _APART:
        own = money.get(kind)
        if own is None:
            shown, many = "–", _none_of(kind, values)
        else:
            shown = format.money_short(own["amount"], currency)
            many = (
                format.plural(own["accounts"], "account")
                if kind == "at_risk"
                else format.plural(own["deals"], "deal")
            )
        cells.append(
            html.build(
                '<div><span class="cg-soft">{}</span><div><b>{}</b></div>'
                '<span class="cg-soft">{}</span></div>',
                _LABELS[kind],
                shown,
                many,
            )
        )
    return html.build('<div style="margin-top:0.5rem">{}</div>', html.grid(cells, "5"))


def _none_of(kind: str, values: ItemValues) -> str:
    """Why there is none: nothing loaded and nothing found are not the same."""
    if kind != "at_risk":
        return "no deal"
    if values.contracts_up is None:
        return "no contracts loaded"
    return f"in {format.days(values.rules.renewal_within_days)}"


def _notes_on_money(
    thing: Mapping[str, Any],
    money: Mapping[str, Mapping[str, Any]],
    values: ItemValues,
    currency: str,
) -> str:
    """One deal that makes most of it, what is not known, what is taken to come back."""
    row = values.items.loc[values.items["item_id"] == thing["item_id"]].iloc[0]
    rules, notes = values.rules, []
    share = row["largest_deal_share"]
    if pd.notna(share) and share >= rules.large_deal_share:
        notes.append(f"One deal, {row['largest_deal']}, makes {format.share(share)} of touched.")
    touched = money.get("touched", {})
    if touched.get("without_amount"):
        notes.append(f"{format.plural(touched['without_amount'], 'deal')} without an amount.")
    if touched.get("without_probability"):
        deals = format.plural(touched["without_probability"], "deal")
        notes.append(f"{deals} without a chance, not in weighted.")
    if "lost" in money:
        back = f"{format.share(rules.recovery_share)} of lost taken to come back"
        amount = format.money_short(row["recoverable"], currency)
        notes.append(f"{back}, {amount}." if rules.recovery_share else f"{back}.")
    return " ".join(notes)


def _use(use: ItemUse | None, theme: Theme) -> html.Html:
    """Use of the area, or of the feature, by the accounts that ask against all."""
    if use is None:
        return html.Html("")
    line = sparkline.against_all(
        _shares(use.trend["asking_used"], use.trend["asking_active"]),
        _shares(use.trend["all_used"], use.trend["all_active"]),
        theme,
    )
    lines = html.join(
        html.build(
            '<div style="display:flex;justify-content:space-between"><span>{} {}</span>'
            "<span><b>{}</b> {}</span></div>",
            html.build('<span class="cg-{}">●</span>', colour),
            label,
            format.share(part / whole) if whole else "–",
            html.soft(f"{format.count(part)} of {format.count(whole)}"),
        )
        for label, colour, (part, whole) in (
            ("Accounts asking", "usage", use.active(asking_only=True)),
            ("All accounts", "soft", use.active(asking_only=False)),
        )
    )
    picture = html.image(line, use_in_words(use)) if line else ""
    return html.group(
        html.build('<div style="margin-top:0.5rem"></div>'),
        html.heading(
            html.build("Use of {}, 28 days", use.what), "12 months, 0 to 100 %" if line else ""
        ),
        html.grid([html.group(lines), picture], "7 4"),
        html.note(use_in_words(use)),
    )


def _shares(part: pd.Series, whole: pd.Series) -> list[float | None]:
    return [p / w if w else None for p, w in zip(part, whole, strict=True)]


def use_in_words(use: ItemUse) -> str:
    """How many of those who ask never used it, tried it, use it weekly; the others apart."""
    if use.asking.empty:
        return "No account is named by those who ask."
    habits = use.habits()
    said = []
    if len(use.known):
        said.append(
            f"Of {format.plural(len(use.known), 'account')} asking: {habits[NEVER]} never used "
            f"it, {habits[TRIED]} tried it, {habits[WEEKLY]} weekly"
        )
    if use.quiet:
        said.append(f"{use.quiet} used nothing in 28 days")
    if use.without_data:
        said.append(
            f"{use.without_data} asking {'has' if use.without_data == 1 else 'have'} no usage data"
        )
    return "; ".join(said) + "."


def _doubts(evidence: Evidence) -> str:
    """Words the newest link by a part of a note is from, and words that may turn a link around."""
    said, links = [], evidence.links
    parts = links.loc[links["part"].notna(), "part"]
    if len(parts):
        from_parts = format.plural(len(parts), "link")
        said.append(f"{from_parts} by part of a note with several asks: “{parts.iloc[0]}”.")
    suggested = links.loc[links["how"].eq("suggested") & links["warning"].notna(), "warning"]
    if len(suggested):
        words = ", ".join(f"“{word}”" for word in sorted(set(suggested)))
        said.append(
            f"{format.plural(len(suggested), 'suggestion')} may mean the opposite: {words}."
        )
    return " ".join(said)


def _links(evidence: Evidence) -> str:
    """How many links, and who or what settled them."""
    how = evidence.links["how"].value_counts()
    named = int(how.get("key", 0))
    decided, suggested = int(how.get("verdict", 0)), int(how.get("suggested", 0))
    parts = []
    if decided:
        parts.append(f"{decided} confirmed by {' and '.join(evidence.deciders)}")
    if named and evidence.thing["kind"] != "asks":
        parts.append(f"{named} named by the export or the text")
    if suggested:
        share = format.share(evidence.thing["unconfirmed_share"])
        parts.append(f"{suggested} suggested ({share} of the money)")
    if not parts:
        return format.plural(len(evidence.links), "ask") + "."
    return f"{format.plural(len(evidence.links), 'link')}: {', '.join(parts)}."
