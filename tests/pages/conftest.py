import shutil
from functools import cache

import pytest

from common_ground import meeting
from common_ground.ledger import open_ledger
from common_ground.meeting import Decided
from common_ground.warehouse.published import open_published


@pytest.fixture
def demo(demo_workspace, tmp_path, monkeypatch):
    """The demo workspace, a copy of its own, so that a page may write."""
    copy = tmp_path / "workspace"
    shutil.copytree(demo_workspace, copy)
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(copy))
    return copy


@pytest.fixture(scope="session")
def demo_overlap(demo_workspace):
    """The overlap of the demo data for a level of links, before anybody writes into a copy."""
    data, decided = open_published(demo_workspace), Decided.of(open_ledger(demo_workspace))
    links = meeting.links(data, decided)
    return cache(lambda level: meeting.overlaps(data, decided, links, level))


@pytest.fixture
def nothing(empty_workspace, monkeypatch):
    """A workspace in which nothing was ever published."""
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(empty_workspace))
    return empty_workspace
