"""The evidence card of the Overlaps page: everything behind one thing on the map."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from common_ground.analysis.evidence import Evidence
from common_ground.analysis.overlap import LABELS
from common_ground.charts import format
from common_ground.ui import frame, html

_QUOTES: Final = 2  # one a side where both spoke
_DEALS: Final = 4
_QUOTE_CHARACTERS: Final = 160
_STATUS: Final = {
    "planned": "planned",
    "in_progress": "in progress",
    "idea": "an idea",
    "released": "released",
    "declined": "declined",
}
_SIDES: Final[Mapping[str, html.Side]] = {"sales": "sales", "product": "product"}


def card(evidence: Evidence, currency: str) -> html.Html:
    """Everything behind one thing: money left, reach right, use, deals, words, links."""
    thing = evidence.thing
    side = html.CLASS_SIDES[thing["class"]]
    return html.box(
        html.heading(thing["title"], html.tag(side, LABELS[thing["class"]].lower())),
        html.note(_about(evidence)),
        html.build('<p style="margin:0.3rem 0 0.6rem">{}</p>', thing["reason"]),
        html.grid([_sales(evidence, currency), _product(evidence)], "2"),
        _use(evidence),
        _deals(evidence, currency),
        *_quotes(evidence),
        html.note(_links(evidence)),
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


def _sales(evidence: Evidence, currency: str) -> html.Html:
    thing = evidence.thing
    lines = [
        html.build("<div>{} allocated</div>", format.money_short(thing["allocated"], currency))
    ]
    if evidence.unlocked > 0:
        together = f" with {', '.join(evidence.needs['title'])}" if len(evidence.needs) else ""
        unlocked = format.money_short(evidence.unlocked, currency)
        lines.append(html.build("<div>{} unlocked{}</div>", unlocked, together))
    about = f"touched, {format.plural(thing['deals'], 'open deal')}"
    money = format.money_short(thing["touched"], currency)
    return html.group(html.side_head("sales", "Sales asks", money, about), html.join(lines))


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


def _use(evidence: Evidence) -> html.Html:
    """Use of the area, or of the feature, by the accounts that ask against all."""
    thing, asking = evidence.thing, evidence.thing["users_asking"]
    if thing["kind"] == "feature" and asking:
        lines = [
            _use_line(label, thing[column], asking)
            for label, column in (
                ("Never used it", "never_used"),
                ("Now and then", "sometimes_used"),
                ("Weekly", "weekly_used"),
            )
        ]
        return _use_table("Use of it by accounts asking, 12 weeks", lines)
    if evidence.area_users is None:
        return html.Html("")
    lines = [_use_line("All accounts", evidence.area_users, evidence.users)]
    if asking:
        lines.insert(0, _use_line("Accounts asking", thing["users_asking_active"], asking))
    return _use_table(f"Use of {thing['area']}, last 28 days", lines)


def _use_line(label: str, part: int, whole: int) -> tuple[object, ...]:
    return (
        label,
        html.bar("exists", part / whole if whole else 0.0),
        f"{format.count(part)} of {format.count(whole)}",
    )


def _use_table(title: str, lines: list[tuple[object, ...]]) -> html.Html:
    rows = [
        html.build(
            '<tr><td style="white-space:nowrap">{}</td><td style="width:42%">{}</td>'
            '<td class="cg-number">{}</td></tr>',
            *line,
        )
        for line in lines
    ]
    return html.build(
        '<div style="margin-top:0.7rem"><b>{}</b>'
        '<table class="cg-table"><tbody>{}</tbody></table></div>',
        title,
        html.join(rows),
    )


def _deals(evidence: Evidence, currency: str) -> html.Html:
    if evidence.deals.empty:
        return html.Html("")
    lines = [
        (
            html.build(
                "{} {}",
                deal["account_name"] if pd.notna(deal["account_name"]) else deal["name"],
                html.soft(f"{deal['stage_label']}, {'blocker' if deal['is_blocker'] else 'wish'}"),
            ),
            "–" if pd.isna(deal["amount"]) else format.money_short(deal["amount"], currency),
        )
        for deal in evidence.deals.head(_DEALS).to_dict("records")
    ]
    more = len(evidence.deals) - len(lines)
    if more > 0:
        rest = evidence.deals["amount"].iloc[_DEALS:].sum()
        lines.append((html.soft(f"and {more} more"), format.money_short(rest, currency)))
    return html.table(("Open deals that ask", "Amount"), lines, numbers=(1,))


def _quotes(evidence: Evidence) -> list[html.Html]:
    """The newest words of each side, confirmed links before suggested ones."""
    ordered = evidence.links.sort_values("is_confirmed", ascending=False, kind="stable")
    chosen = ordered.groupby("side", sort=False).head(1).head(_QUOTES)
    chosen = chosen.sort_values("side", ascending=False)
    return [
        html.quote(_SIDES[quote["side"]], _cut(quote["text"]), _said_by(quote))
        for quote in chosen.to_dict("records")
    ]


def _cut(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= _QUOTE_CHARACTERS:
        return words
    return words[:_QUOTE_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _said_by(quote: Mapping[Any, Any]) -> str:
    who = [quote["asked_by"], quote["account_name"]]
    when = [frame.day(quote["asked_date"])] if pd.notna(quote["asked_date"]) else []
    said = [str(part) for part in who if pd.notna(part)] + when + [str(quote["source"])]
    return ", ".join(said) + ("" if quote["is_confirmed"] else ", suggested link")


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
    return (
        f"{format.plural(len(evidence.links), 'link')}: {', '.join(parts)}. "
        "Any of them can be undone."
    )
