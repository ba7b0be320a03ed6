"""The frame of every page: navigation, question, answer first, foot; and the data behind it."""

import runpy
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from common_ground.charts import format
from common_ground.charts.template import Theme
from common_ground.errors import WorkspaceError
from common_ground.pack.slides import day as day
from common_ground.settings import PROJECT
from common_ground.ui import cache, definitions, html, messages
from common_ground.ui import theme as stylesheet
from common_ground.warehouse.published import Published

APP: Final = PROJECT / "app.py"
ASSETS: Final = Path(__file__).parent / "assets"

# In the order of a meeting: file, title. The url path is the file name with dashes.
PAGES: Final = (
    ("brief", "Brief"),
    ("shared_kpis", "Shared KPIs"),
    ("overlaps", "Overlaps"),
    ("compromise", "Compromise"),
    ("agreements", "Agreements"),
    ("data", "Data"),
    ("review_links", "Review links"),
    ("leadership_pack", "Leadership pack"),
)

# True in a run that came through app.py. A deep link that is the first request of a server
# started by hand runs its page alone (Streamlit takes the folder pages/ for old-style pages).
_framed: ContextVar[bool] = ContextVar("framed", default=False)


def theme() -> Theme:
    """The theme the reader has on, for figures, sparklines and the logo."""
    return "dark" if st.context.theme.type == "dark" else "light"


def has_page(name: str) -> bool:
    """Whether a page of PAGES is there to link to."""
    return (PROJECT / "pages" / f"{name}.py").is_file()


def run_app() -> None:
    """Set up the window, list the pages that exist, and run the chosen one."""
    _framed.set(True)
    st.set_page_config(
        page_title="Common Ground", page_icon=str(ASSETS / "icon.png"), layout="wide"
    )
    stylesheet.apply()
    st.logo(str(ASSETS / f"logo_{theme()}.svg"), size="large")
    pages = [
        st.Page(
            PROJECT / "pages" / f"{name}.py",
            title=title,
            url_path=name.replace("_", "-"),
            default=place == 0,
        )
        for place, (name, title) in enumerate(PAGES)
        if has_page(name)
    ]
    st.navigation(pages, position="top").run()


@dataclass(frozen=True)
class Page:
    """A page that has asked its question and waits for the answer.

    Attributes:
        controls: one column a filter, at the right of the answer; `with page.controls[0]:`.
    """

    controls: Sequence[DeltaGenerator]
    _question: str
    _answer: DeltaGenerator

    def answer(self, *parts: object, question: str | None = None) -> None:
        """The answer in at most two lines: text, and `html.said_by` for a side's number.

        Args:
            parts: of the answer.
            question: in place of the page's, where a view of it asks another one.
        """
        self._answer.html(
            html.build(
                '<div class="cg"><div class="cg-question">{}</div><h1 class="cg-answer">{}</h1>'
                "</div>",
                question or self._question,
                html.join(parts),
            )
        )


def page(question: str, key: str, controls: int = 0, control_width: float = 1.0) -> Page:
    """Open a page with its question; first call of every file in pages/.

    Args:
        question: as the design words it, "Where do we stand?".
        key: the page's file name, for the keys of its container.
        controls: how many filters stand at the right of the answer.
        control_width: width of one, in twelfths of the page.
    """
    if not _framed.get():
        runpy.run_path(str(APP), run_name="__main__")
        st.stop()
    with st.container(key=f"head_{key}"):
        if not controls:
            return Page((), question, st.empty())
        widths = [12 - control_width * controls, *[control_width] * controls]
        first, *rest = st.columns(widths, vertical_alignment="bottom")
    return Page(tuple(rest), question, first.empty())


def published(question_page: Page) -> Published:
    """The published data, or the state that says why there is none, and the page ends."""
    try:
        return cache.published()
    except WorkspaceError as error:
        link = html.link("Add exports on the Data page", "data")
        if cache.is_unpublished():
            question_page.answer("There is no data to answer from yet.")
            needs = "Every page is made of them: CRM deals, usage, billing and backlog."
            says = "No exports are published in this workspace yet"
            html.show(html.state("Workspace, not loaded", says, needs, link))
        else:
            question_page.answer("The data of this workspace cannot be read.")
            says = "Nothing is shown of it"
            html.show(messages.failed("Workspace", says, str(error), link))
        st.stop()


def foot(
    as_of: date,
    version: int,
    built_at: str,
    filters: str,
    behind: str,
    unconfirmed_share: float | None = None,
    terms: Sequence[str] = (),
) -> None:
    """The line under every page that makes its numbers traceable.

    Args:
        as_of: "today" of every number.
        version: data version.
        built_at: when it was published, ISO, UTC.
        filters: "none", or "all segments, last 12 months".
        behind: rows behind the page, "58 open deals, 34 items, 212 accounts".
        unconfirmed_share: share (0..1) of the money shown that rests on links no person has
            confirmed; None leaves it out.
        terms: what the page shows, see `definitions.unfolded`; their meaning unfolds here.
    """
    parts = [
        html.build("<span>As of <b>{}</b></span>", day(as_of)),
        html.build("<span>Data <b>v{}</b>, published {} UTC</span>", version, moment(built_at)),
        html.build("<span>Filters <b>{}</b></span>", filters),
        html.build("<span>{} behind this page</span>", behind),
    ]
    if unconfirmed_share is not None:
        parts.append(
            html.build(
                "<span>Links no person has confirmed: <b>{}</b> of the money shown</span>",
                format.share(unconfirmed_share),
            )
        )
    meaning = definitions.unfolded(terms) if terms else html.build("")
    st.html(
        html.build(
            '<div class="cg"><footer class="cg-foot">{}</footer>{}</div>', html.join(parts), meaning
        )
    )


def moment(built_at: str) -> str:
    """A stored time, ISO, as people say it: 16 Nov 08:40."""
    when = datetime.fromisoformat(built_at)
    return f"{day(when).rsplit(' ', 1)[0]} {when:%H:%M}"
