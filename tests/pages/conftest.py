import shutil

import pytest


@pytest.fixture
def demo(demo_workspace, tmp_path, monkeypatch):
    """The demo workspace, a copy of its own, so that a page may write."""
    copy = tmp_path / "workspace"
    shutil.copytree(demo_workspace, copy)
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(copy))
    return copy


@pytest.fixture
def nothing(empty_workspace, monkeypatch):
    """A workspace in which nothing was ever published."""
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(empty_workspace))
    return empty_workspace
