"""An upload in a real browser: from three files to a version that everybody sees."""

import shutil

import pytest

from common_ground.warehouse.published import open_published
from tests.browser.test_walk import chromium, serving, settle

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
__all__ = ["chromium"]

DEALS = (
    "Record ID\tDeal Name\tDeal Stage\tClose Date\tAmount\tAssociated Company\n"
    "7001\tAlpha renewal\tLegal hold\t03/04/2026\t$1,200\tOstermann GmbH\n"
    '7002\t=HYPERLINK("http://x","y")\tClosed won\t05/06/2026\t900\t<script>alert(1)</script>\n'
).encode("utf-16")
REQUESTS = (
    b"Request ID,Date,Company,Request\n"
    b"R-90001,02/03/2026,Ostermann GmbH,Please add an audit log for administrators\n"
    b"R-90002,04/05/2026,Ostermann GmbH,'; drop table deals; --\n"
)
EVENTS = (
    b"timestamp,event,account_domain,user_email\n"
    b"2026-10-02 09:00,Report Shared,ostermann.example,a@ostermann.example\n"
    b"2026-10-03 09:00,Report Shared,ostermann.example,b@ostermann.example\n"
)


@pytest.fixture(scope="module")
def served(demo_workspace, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    workspace = folder / "workspace"
    shutil.copytree(demo_workspace, workspace)
    with serving(workspace, folder / "server.log") as address:
        yield address, workspace


@pytest.fixture
def files(tmp_path):
    for name, content in (
        ("deals-list.csv", DEALS), ("requests-april.csv", REQUESTS), ("events-october.csv", EVENTS),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
    return sorted(tmp_path.glob("*.csv"))


def opened(browser, address, path):
    page = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="en-GB").new_page()
    page.on("dialog", lambda dialog: pytest.fail("a cell ran as a script"))
    page.goto(f"{address}/{path}")
    return page


def at_rest(page):
    """Wait until no child is at work and the page is drawn."""
    page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=120_000)
    settle(page)


def test_three_files_two_questions_and_another_session_sees_the_new_version(
    served, files, chromium
):
    address, workspace = served
    before = open_published(workspace)
    other = opened(chromium, address, "overlaps")
    other.get_by_text(f"v{before.data_version}").first.wait_for()
    page = opened(chromium, address, "data?show=An+upload")
    page.locator("input[type=file]").first.set_input_files(files)
    page.get_by_text("2 questions wait for an answer").wait_for(timeout=60_000)
    page.get_by_text("Together, adds up").wait_for(timeout=60_000)

    # The other session is at work meanwhile, on the data it had
    other.get_by_role("link", name="Shared KPIs").click()
    other.get_by_text(f"v{before.data_version}").first.wait_for()

    for answer in (0, 1):
        page.get_by_text("Day first", exact=True).nth(answer).click()
        left = "1 question waits" if answer == 0 else "Nothing is published yet"
        page.get_by_text(left).wait_for(timeout=60_000)
    at_rest(page)
    page.get_by_role("tab", name="Rows").click()
    at_rest(page)
    page.get_by_label("Rows of").click()
    page.get_by_role("option", name="deals (2)").click()
    page.get_by_role("tab", name="Against the published data").click()
    page.get_by_text("Asks in these files").wait_for(timeout=120_000)
    assert open_published(workspace).data_version == before.data_version

    page.get_by_role("button", name="Publish for everybody").click()
    page.get_by_text(f"Published as data version {before.data_version + 1}").first.wait_for(
        timeout=120_000
    )
    other.get_by_role("link", name="Overlaps").click()
    other.get_by_text(f"v{before.data_version + 1}").first.wait_for(timeout=60_000)

    data = open_published(workspace)
    names = set(data.table("deals")["name"])
    assert '=HYPERLINK("http://x","y")' in names
    asks = data.table("asks").set_index("ask_id")
    assert asks.loc["R-90002", "text"] == "'; drop table deals; --"
    assert str(asks.loc["R-90001", "asked_date"])[:10] == "2026-03-02"


def test_discard_leaves_no_trace(served, files, chromium):
    address, workspace = served
    before = {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file()}
    page = opened(chromium, address, "data?show=An+upload")
    page.locator("input[type=file]").first.set_input_files(files)
    page.get_by_text("3 of 3 files can be used").wait_for(timeout=60_000)
    at_rest(page)
    page.get_by_role("button", name="Discard these files").click()
    page.get_by_text("Drop exports here").wait_for()
    assert {p: p.read_bytes() for p in workspace.rglob("*") if p.is_file()} == before
