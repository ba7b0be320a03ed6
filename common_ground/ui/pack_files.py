"""The parts of the Leadership pack page: choosing, preview, files."""

from collections.abc import Sequence

import streamlit as st

from common_ground import leadership, meeting
from common_ground.charts import format
from common_ground.errors import PackError, PlanError
from common_ground.pack import chromium, contents, files, picture
from common_ground.pack.slides import Deck, Slide, day
from common_ground.ui import cache, html, messages
from common_ground.warehouse.published import Published

_KEPT: int = 24  # files and pictures kept in memory; the largest is some megabytes


def sources(data: Published) -> contents.Sources:
    """Everything the pack can tell of, from the results the other pages show."""
    settings = cache.settings()
    level, agreements = settings.link_level, cache.agreements()
    choices = meeting.default_choices(settings)
    told = cache.kpis_told(tuple(leadership.told_kpis()), cache.headline_view())
    lines = [each.line for each in told.values()]
    try:
        bargain = cache.bargain(choices, level, frontier=True)
        trade = leadership.trade_of(bargain, cache.draws(choices, level), data.currency)
    except PlanError:
        # The Compromise page says which rules contradict each other.
        trade = None
    known = cache.overlaps(level)
    return leadership.sources(data, data.data_version, lines, known, trade, agreements)


def choose_pages(offered: Sequence[str]) -> list[str]:
    """The pages to tell of, all unless the reader takes some out."""
    chosen = st.pills(
        "Pages",
        [contents.PAGES[page] for page in offered],
        selection_mode="multi",
        default=[contents.PAGES[page] for page in offered],
        key="pack_pages",
    )
    return [page for page in offered if contents.PAGES[page] in chosen]


def choose_masking() -> bool:
    """Whether names are replaced; they are unless the reader decides otherwise."""
    return st.toggle(
        "Mask the names of customers and people",
        value=True,
        key="pack_masked",
        help="Each name becomes a letter, the same everywhere in the pack: Account A, Person B.",
    )


def answer(deck: Deck) -> list[object]:
    """What is about to leave the room, in a sentence."""
    told = format.plural(len(deck.slides), "slide")
    names = "with all names masked" if deck.masked else "with customer names in them"
    return [f"{told} as of {day(deck.as_of)}, ", html.strong(names), "."]


def titles(deck: Deck) -> html.Html:
    """What each slide says."""
    lines = [
        html.Row(str(number), slide.title, _name(slide))
        for number, slide in enumerate(deck.slides, start=1)
    ]
    return html.panel("What it says", "one finding a slide", html.rows(lines))


def preview(deck: Deck) -> str:
    """Show one slide as it will look; returns its key."""
    names = {_name(slide): slide.key for slide in deck.slides}
    if st.session_state.get("pack_slide") not in names:
        st.session_state.pop("pack_slide", None)
    first = next(iter(names))
    chosen = st.segmented_control(
        "Slide shown", list(names), default=first, key="pack_slide", required=True
    )
    key = names.get(str(chosen), names[first])
    if not chromium.is_available():
        html.show(_no_browser("Preview"))
        return key
    try:
        with st.container(border=True), st.spinner("Drawing the slide"):
            st.image(_png(deck, key), width="stretch")
    except PackError as error:
        html.show(messages.failed("Preview", "The slide could not be drawn", str(error)))
    return key


def _name(slide: Slide) -> str:
    """A slide as its page is called: "Shared KPIs", "Shared KPIs 2"."""
    page, _, number = slide.key.partition("-")
    return f"{contents.PAGES[page]} {number}".strip()


def downloads(deck: Deck, key: str) -> None:
    """A button for each kind of file; the PNG is the slide shown."""
    without_browser = not chromium.is_available()
    columns = st.columns(2)
    for place, (kind, about) in enumerate(files.FORMATS.items()):
        with columns[place % 2]:
            _download(deck, key, kind, about, about.needs_browser and without_browser)
    if without_browser:
        html.show(_no_browser("PDF and PNG"))


@st.fragment
def _download(deck: Deck, key: str, kind: str, about: files.Format, is_off: bool) -> None:
    """Make the file when asked; a second click fetches it, since making takes seconds."""
    asked = st.button(
        f"Make the {about.label}",
        key=f"make_{kind}",
        disabled=is_off,
        width="stretch",
        help=about.about,
    )
    if not asked:
        return
    try:
        with st.spinner(f"Making the {about.label}"):
            made = _png(deck, key) if kind == "png" else _file(deck, kind)
    except PackError as error:
        html.show(messages.failed(about.label, f"No {about.label} was made", str(error)))
        return
    name = f"common-ground-{deck.as_of.isoformat()}-v{deck.data_version}"
    masked = "-masked" if deck.masked else ""
    slide = f"-{key}" if kind == "png" else ""
    st.download_button(
        f"Save {about.label}, {format.count(max(1, len(made) / 1024))} kB",
        made,
        file_name=f"{name}{slide}{masked}.{kind}",
        mime=about.mime,
        key=f"save_{kind}",
        on_click="ignore",
        type="primary",
        width="stretch",
    )


def _no_browser(place: str) -> html.Html:
    return messages.failed(
        place,
        "No Chrome, Chromium or Edge was found on this machine",
        "They draw the preview, the PDF and the PNG. PPTX and HTML work without.",
        f"Install one, or set {chromium.VARIABLE} to its path",
    )


def _fingerprint(deck: Deck) -> str:
    """The deck as text that changes with anything in it, charts too."""
    figures = ["" if slide.figure is None else str(slide.figure.to_json()) for slide in deck.slides]
    return f"{cache.version_key()}{deck}{figures}"


def _png(deck: Deck, key: str) -> bytes:
    return _drawn(_fingerprint(deck), key, deck)


def _file(deck: Deck, kind: str) -> bytes:
    return _written(_fingerprint(deck), kind, deck)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _drawn(fingerprint: str, key: str, _deck: Deck) -> bytes:
    return picture.png(_deck, key)


@st.cache_data(max_entries=_KEPT, show_spinner=False)
def _written(fingerprint: str, kind: str, _deck: Deck) -> bytes:
    return files.content(_deck, kind)
