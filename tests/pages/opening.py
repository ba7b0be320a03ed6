"""How a test opens a page: through app.py, as a session would, without a browser."""

from streamlit.testing.v1 import AppTest

from common_ground.settings import PROJECT

APP = PROJECT / "app.py"
PAGES = sorted(path.name for path in (PROJECT / "pages").glob("*.py"))


def open_page(page, **query):
    """The page after its first run; `query` as in its URL."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page != "brief.py":
        app.switch_page(f"pages/{page}").run()
    return app


def shown(app):
    """Everything a page put on the screen as markup, in one text."""
    return "\n".join(element.proto.body for element in app.get("html"))
