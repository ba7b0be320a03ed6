"""One server for all tests that only look."""

import shutil

import pytest


@pytest.fixture(scope="session")
def looked_at(demo_workspace, tmp_path_factory):
    """The demo workspace, a copy that no test writes into."""
    copy = tmp_path_factory.mktemp("looked_at") / "workspace"
    shutil.copytree(demo_workspace, copy)
    return copy


@pytest.fixture(scope="session")
def address(looked_at):
    """Where it is served."""
    from tests.browser.test_walk import serving

    with serving(looked_at, looked_at.parent / "server.log") as found:
        yield found
