"""What pages read, kept between clicks: the published data, marts, the ledger, computed results.

Every key holds the name and the checksum of the published file, so a new publish shows at the next
click, and a file built anew under an old name as well.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from common_ground import kpi_lines, kpis, meeting, reviewing
from common_ground.analysis.bargain import Bargain
from common_ground.analysis.item_values import ItemValues, ValueRules
from common_ground.analysis.overlap import Overlap
from common_ground.analysis.plan_inputs import Choices
from common_ground.analysis.robustness import Robustness
from common_ground.analysis.thresholds import Thresholds
from common_ground.kpi_lines import Told
from common_ground.ledger import Ledger, open_ledger
from common_ground.meeting import Decided
from common_ground.reviewing import Material, Review
from common_ground.settings import Settings, from_environment
from common_ground.warehouse.published import Published, open_published, read_pointer

P = ParamSpec("P")
R = TypeVar("R")


def settings() -> Settings:
    """Settings of this run, with the workspace the environment names."""
    return from_environment()


def published() -> Published:
    """The published data of the workspace.

    Raises:
        WorkspaceError: nothing is published, or the file is damaged.
    """
    workspace = settings().workspace
    return _open(str(workspace), _current(workspace))


def is_unpublished() -> bool:
    """Whether nothing has been published yet, as against something that cannot be read."""
    pointer = settings().workspace / "warehouse" / "CURRENT"
    return not pointer.exists()


def version_key() -> str:
    """The published file by name and content, part of every cache key; the same, the same data."""
    return _current(settings().workspace)


def _current(workspace: Path) -> str:
    """What CURRENT says; empty when there is none, which open_published explains."""
    pointer = read_pointer(workspace)
    return f"{pointer.name} {pointer.sha256}" if pointer else ""


# Two, so that a session still drawing the version before keeps its file.
@st.cache_resource(max_entries=2, show_spinner=False)
def _open(workspace: str, version: str) -> Published:
    return open_published(Path(workspace))


def ledger() -> Ledger:
    """The ledger of the workspace, created when it is first asked for."""
    return _ledger(str(settings().workspace))


@st.cache_resource(max_entries=2, show_spinner=False)
def _ledger(workspace: str) -> Ledger:
    return open_ledger(Path(workspace))


def mart(name: str, **params: Any) -> pd.DataFrame:  # noqa: ANN401
    """Rows of a mart of the published data; `params` exactly those it declares."""
    return _mart(version_key(), name, tuple(sorted(params.items())))


@st.cache_data(max_entries=64, show_spinner=False)
def _mart(version: str, name: str, params: tuple[tuple[str, Any], ...]) -> pd.DataFrame:
    return published().mart(name, **dict(params))


def cached(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Result of a pure function of its arguments, kept while the data version stays.

    Args:
        function: of a module, not a lambda or closure; its module and name are part of the key.
        args: hashable by Streamlit: plain values, frames, frozen dataclasses.
        kwargs: the same.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    result: R = _computed(version_key(), name, args, kwargs, function)
    return result


def cached_with_data(function: Callable[..., R], *args: Any, **kwargs: Any) -> R:  # noqa: ANN401
    """The same for a function whose first argument is the published data."""
    name = f"{function.__module__}.{function.__qualname__}"
    result: R = _computed_with_data(version_key(), name, args, kwargs, function)
    return result


@st.cache_data(max_entries=128, show_spinner=False)
def _computed(
    version: str,
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    _function: Callable[..., Any],
) -> Any:  # noqa: ANN401
    return _function(*args, **kwargs)


@st.cache_data(max_entries=128, show_spinner=False)
def _computed_with_data(
    version: str,
    name: str,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    _function: Callable[..., Any],
) -> Any:  # noqa: ANN401
    return _function(published(), *args, **kwargs)


def decided() -> Decided:
    """All that people decided and the overlap and its trades depend on, for the key of a result."""
    ledger()  # writes its file where there is none yet
    return _decided(str(settings().workspace), ledger_state())


# A page asks ten times in a run
@st.cache_resource(max_entries=4, show_spinner=False)
def _decided(workspace: str, state: str) -> Decided:
    return Decided.of(ledger())


def backlog() -> pd.DataFrame:
    """The backlog as exports and people made it, whatever is assumed about it."""
    return cached_with_data(meeting.backlog, decided())


def items() -> pd.DataFrame:
    """The backlog with what people assume."""
    return cached_with_data(meeting.items, decided())


def links() -> pd.DataFrame:
    """Links of all asks, computed once a data version, verdicts and backlog."""
    return cached_with_data(meeting.links, decided())


def same_asks() -> pd.DataFrame:
    """Asks that may mean the same, whatever the filters; computed as often as links."""
    return cached_with_data(meeting.same_asks, decided())


def review() -> Review:
    """The review of links as the ledger leaves it now; read, never changed."""
    ledger()  # writes its file where there is none yet
    return _review(version_key(), ledger_state())


@st.cache_resource(max_entries=4, show_spinner=False)
def _review(version: str, state: str) -> Review:
    told = decided()
    per_ask = reviewing.needed_per_ask(told.verdicts)
    material = _review_material(version, reviewing.without_verdicts(told), per_ask)
    return reviewing.review(material, told.verdicts)


# What is suggested depends on no verdict, so that the next card need not wait for it again.
@st.cache_resource(
    max_entries=2, show_spinner="Comparing asks with items and features, once for this data"
)
def _review_material(version: str, told: Decided, per_ask: int) -> Material:
    return reviewing.material(published(), told, per_ask)


def account_links() -> pd.DataFrame:
    """Links of accounts, made, decided and suggested; see `meeting.account_links`."""
    return cached_with_data(_account_links, ledger().verdicts())


def _account_links(data: Published, verdicts: pd.DataFrame) -> pd.DataFrame:
    # Who looks like whom depends on no verdict, so the next card need not wait for it again.
    return meeting.account_links(data, verdicts, cached_with_data(meeting.alike_accounts))


def account_verdicts_waiting() -> int:
    """How many verdicts on accounts wait for the next build."""
    return cached_with_data(meeting.account_verdicts_waiting, ledger().verdicts())


def overlaps(
    level: float,
    window: tuple[date | None, date | None] = (None, None),
    segment: str | None = None,
    thresholds: Thresholds | None = None,
) -> Overlap:
    """The overlap for these filters; the same object for every page that asks for the same."""
    return cached_with_data(_overlaps, decided(), level, window, segment, thresholds)


def _overlaps(
    data: Published,
    decided: Decided,
    level: float,
    window: tuple[date | None, date | None],
    segment: str | None,
    thresholds: Thresholds | None,
) -> Overlap:
    # Links are looked up here, not passed in: hashing all of them would cost at every click.
    return meeting.overlaps(data, decided, links(), level, window, segment, thresholds, same_asks())


def item_values(
    rules: ValueRules,
    level: float,
    window: tuple[date | None, date | None] = (None, None),
    segment: str | None = None,
    thresholds: Thresholds | None = None,
) -> ItemValues:
    """Money behind everything on the map, for these filters."""
    return cached_with_data(_item_values, decided(), rules, level, window, segment, thresholds)


def _item_values(
    data: Published,
    _decided: Decided,
    rules: ValueRules,
    level: float,
    window: tuple[date | None, date | None],
    segment: str | None,
    thresholds: Thresholds | None,
) -> ItemValues:
    return meeting.item_values(data, overlaps(level, window, segment, thresholds), rules)


def behind(
    item_id: str,
    ask_id: str | None,
    level: float,
    window: tuple[date | None, date | None] = (None, None),
    segment: str | None = None,
    thresholds: Thresholds | None = None,
) -> meeting.Behind:
    """What stands behind one thing on the map; the story is that of `ask_id`, where given.

    Raises:
        KeyError: the map has no such thing under these filters.
    """
    return cached_with_data(_behind, decided(), item_id, ask_id, level, window, segment, thresholds)


def _behind(
    data: Published,
    decided: Decided,
    item_id: str,
    ask_id: str | None,
    level: float,
    window: tuple[date | None, date | None],
    segment: str | None,
    thresholds: Thresholds | None,
) -> meeting.Behind:
    known = overlaps(level, window, segment, thresholds)
    return meeting.behind(data, decided, known, item_id, ask_id)


def stories() -> pd.DataFrame:
    """The stories on the Brief, as the ledger has them now."""
    return ledger().stories()


def agreements() -> pd.DataFrame:
    """The agreements, as the ledger has them now."""
    return ledger().agreements()


def terms() -> kpis.Terms:
    """What the ledger holds that KPIs depend on, as it stands now."""
    workspace = settings().workspace
    return _terms(str(workspace), ledger_state())


@st.cache_resource(max_entries=4, show_spinner=False)
def _terms(workspace: str, state: str) -> kpis.Terms:
    return kpi_lines.terms(ledger())


def ledger_state() -> str:
    """What changes with every write into the ledger: size and time of its files."""
    path = settings().workspace / "ledger.db"
    found = [path, path.with_name("ledger.db-wal")]
    stats = [(one.stat().st_mtime_ns, one.stat().st_size) for one in found if one.exists()]
    return repr(stats)


def with_terms(function: Callable[..., R], *args: Any) -> R:  # noqa: ANN401
    """Result of a function of the published data, `args` and, last, `terms`; kept while they stay.

    Args:
        function: of a module; its module and name are part of the key.
        args: as for `cached`.
    """
    ledger()  # writes its file where there is none yet
    name = f"{function.__module__}.{function.__qualname__}"
    result: R = _computed_with_terms(version_key(), ledger_state(), name, args, function)
    return result


@st.cache_data(max_entries=128, show_spinner=False)
def _computed_with_terms(
    version: str,
    state: str,
    name: str,
    args: tuple[Any, ...],
    _function: Callable[..., Any],
) -> Any:  # noqa: ANN401
    return _function(published(), *args, terms())


def headline_view() -> kpis.View:
    """What Brief and the pack show of KPIs."""
    return kpi_lines.headline_view(published())


def kpi(name: str) -> kpis.KpiValue:
    """A KPI as Brief shows it, under what the ledger holds now."""
    return kpi_lines.value_of(kpis_told((name,), headline_view())[name].line)


def kpis_told(names: tuple[str, ...], view: kpis.View) -> dict[str, Told]:
    """KPIs with comparison, target, who signed them, and their last twelve months."""
    return with_terms(kpi_lines.all_told, names, view)


def bargain(choices: Choices, level: float, frontier: bool = False) -> Bargain:
    """The compromise for these choices, over all deals and asks."""
    return cached_with_data(_bargain, decided(), choices, level, frontier)


def _bargain(
    data: Published, decided: Decided, choices: Choices, level: float, frontier: bool
) -> Bargain:
    return meeting.bargain(data, decided, overlaps(level), choices, frontier)


def draws(choices: Choices, level: float) -> Robustness:
    """How often both gain and the plan fits, over seeded draws."""
    return cached_with_data(_draws, decided(), choices, level)


def _draws(_data: Published, _decided: Decided, choices: Choices, level: float) -> Robustness:
    return meeting.draws(bargain(choices, level))


def openers(choices: Choices, level: float) -> tuple[str, ...]:
    """What would open a trade where there is none; see `meeting.openers`."""
    return cached_with_data(_openers, decided(), choices, level)


def _openers(
    _data: Published, _decided: Decided, choices: Choices, level: float
) -> tuple[str, ...]:
    return meeting.openers(bargain(choices, level))


def names() -> dict[tuple[str, str], str]:
    """What people call a row, by canonical table and key."""
    return cached_with_data(meeting.names, decided())


def counts() -> dict[str, int]:
    """Rows the overlap and the trade rest on, by their singular."""
    return cached_with_data(meeting.counts, decided())


def fill_for_first_page() -> None:
    """Compute what Brief shows, so that it is there when somebody opens it.

    Raises:
        CommonGroundError: the data cannot be read, or no plan can be made of the rules.
    """
    level, choices = settings().link_level, meeting.default_choices(settings())
    kpis_told(meeting.HEADLINES, headline_view())
    kpis_told(tuple(kpis.known_kpis()), headline_view())
    counts()
    names()
    overlaps(level)
    draws(choices, level)


def what_kpis_rest_on() -> str:
    """What changes with every publication and everything in the ledger that KPIs depend on."""
    ledger()  # writes its file where there is none yet
    return f"{version_key()}|{_terms_in_words(str(settings().workspace), ledger_state())}"


@st.cache_resource(max_entries=4, show_spinner=False)
def _terms_in_words(workspace: str, state: str) -> str:
    told = terms()
    frames = (told.agreements, told.targets, told.signatures)
    return repr([sorted(told.policies.items()), *(frame.to_csv() for frame in frames)])


def look_ahead() -> Iterator[None]:
    """Compute beside the clicks what a reader of Shared KPIs can choose next; see `kpi_lines`.

    Raises:
        CommonGroundError: the data or the ledger cannot be read.
    """
    return kpi_lines.look_ahead(published(), terms())
