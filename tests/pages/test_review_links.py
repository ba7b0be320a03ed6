"""Review links: what a verdict does here and on the other pages, and what an empty page says."""

from common_ground import reviewing
from common_ground.analysis.review_queue import progress
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.warehouse.published import open_published
from tests.pages.opening import open_page, shown


def queue_of(workspace):
    data, decided = open_published(workspace), Decided.of(open_ledger(workspace))
    said = reviewing.texts(data, decided)
    suggested = reviewing.suggestions(data, reviewing.without_verdicts(decided), said)
    return reviewing.queue(data, decided, suggested, said)


def review(**query):
    app = open_page("review_links.py", **query)
    app.text_input(key="signed_review").set_value("Dana").run()
    return app


def test_the_page_opens(demo):
    app = review()
    assert not app.exception
    so_far = progress(queue_of(demo))
    assert f"{so_far.decided:,} of {so_far.total:,}" in shown(app)
