import pytest
from streamlit.testing.v1 import AppTest

from common_ground.settings import PROJECT
from common_ground.ui import frame


def shown(app):
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.fixture(autouse=True)
def _nothing_published(empty_workspace, monkeypatch):
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(empty_workspace))


def test_a_page_run_alone_hands_over_to_the_whole_app():
    app = AppTest.from_file(str(PROJECT / "pages" / "brief.py"), default_timeout=60).run()
    assert shown(app).count('<h1 class="cg-answer">') == 1
    assert "--cg-sales:light-dark" in shown(app)


def test_without_data_the_page_says_so_once_and_leads_to_the_data_page():
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    text = shown(app)
    assert "Workspace, not loaded" in text
    assert 'href="/data"' in text


def test_a_damaged_workspace_is_failed_not_empty(empty_workspace):
    folder = empty_workspace / "warehouse"
    folder.mkdir()
    (folder / "CURRENT").write_text("cg-1.duckdb " + "0" * 64)
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert "Workspace, failed" in shown(app)
    assert "does not match its checksum" in shown(app)


def test_pages_are_in_the_order_of_a_meeting_and_exist():
    names = [name for name, _ in frame.PAGES]
    assert names[0] == "brief"
    assert {path.stem for path in (PROJECT / "pages").glob("*.py")} <= set(names)


def test_times_read_as_people_say_them():
    assert frame.moment("2026-11-16T08:40:00+00:00") == "16 Nov 08:40"
