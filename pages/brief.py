"""Brief: where do we stand, in one screen?"""

from common_ground import meeting
from common_ground.analysis.bargain import Bargain
from common_ground.charts import format
from common_ground.errors import PlanError
from common_ground.ledger.standings import standing
from common_ground.ui import (
    agenda,
    brief,
    brief_stories,
    cache,
    frame,
    html,
    kpi_cards,
    ledger_forms,
    messages,
)

page = frame.page("Where do we stand?", "brief", controls=2, control_width=1.75)
data = frame.published(page)
agenda.show(*page.controls)
ledger_forms.tell_what_was_stored()

settings = cache.settings()
choices = meeting.default_choices(settings)
known = cache.overlaps(settings.link_level)
bargain: Bargain | None = None
try:
    bargain = cache.bargain(choices, settings.link_level)
    trade = brief.trade(
        bargain,
        cache.draws(choices, settings.link_level),
        cache.openers(choices, settings.link_level),
        data.currency,
    )
except PlanError as error:
    trade = messages.failed("The best trade", "No plan can be made of these rules", str(error))
page.answer(*brief.answer(known, bargain, data.currency))

told = cache.kpis_told(meeting.HEADLINES, cache.headline_view())
cards = [
    kpi_cards.card(each, data.currency, large=True, with_symbol=True) for each in told.values()
]
agreements = brief.agreements(standing(cache.agreements(), data.as_of))
changes = brief.changes(data.changes(), data.data_version, cache.names())
stories = brief_stories.placed(known, settings.link_level)
below = [agreements, *([brief_stories.panel(stories, data.currency)] if stories else []), changes]
html.show(
    html.grid(cards, "4"),
    html.grid([brief.classes(known, data.currency), trade], "2"),
    html.grid(below, str(len(below))),
)
if stories:
    brief_stories.take_off_form(stories)

rows = cache.counts()
frame.foot(
    data.as_of,
    data.data_version,
    data.built_at,
    "none, KPIs over the last 12 months",
    ", ".join(format.plural(count, name) for name, count in rows.items()),
    known.unconfirmed_share,
    terms=(
        *meeting.HEADLINES,
        "classes",
        "allocated",
        "unconfirmed",
        "expected",
        "reached",
        "draws",
    ),
)
