import pytest

from common_ground.pack import chromium
from tests.pages.opening import open_page, shown

PAGE = "leadership_pack.py"


@pytest.fixture
def no_browser(monkeypatch):
    """A machine without Chrome, Chromium or Edge; drawing takes seconds and is tested apart."""
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(chromium, "_usual_places", list)


def button(app, label):
    return next(found for found in app.get("button") if found.label == label)


def test_names_are_masked_unless_somebody_decides_otherwise(demo, no_browser):
    app = open_page(PAGE)
    assert not app.exception
    assert "<b>with all names masked</b>" in shown(app)
    app.get("toggle")[0].set_value(False).run()
    assert "<b>with customer names in them</b>" in shown(app)


def test_without_a_browser_pptx_and_html_are_offered_and_the_rest_explained(demo, no_browser):
    app = open_page(PAGE)
    off = {found.label: found.disabled for found in app.get("button")}
    assert (off["Make the PDF"], off["Make the PNG"]) == (True, True)
    assert (off["Make the PPTX"], off["Make the HTML"]) == (False, False)
    assert "PPTX and HTML work without." in shown(app)


def test_a_made_file_is_offered_for_saving(demo, no_browser):
    app = open_page(PAGE)
    button(app, "Make the PPTX").click().run()
    assert not app.exception
    assert [found.proto.label.split(",")[0] for found in app.get("download_button")] == [
        "Save PPTX"
    ]


def test_taking_out_every_page_says_so(demo, no_browser):
    app = open_page(PAGE)
    app.get("button_group")[0].set_value([]).run()
    assert not app.exception
    assert "No page is chosen." in shown(app)
