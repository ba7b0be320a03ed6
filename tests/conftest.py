"""What all tests share: the demo workspace, an empty one, and the shared test material."""

from pathlib import Path

import pytest

from common_ground.settings import DEMO, PROJECT

SHARED = PROJECT.parent / "shared"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files instead of comparing"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests of one file run in one process, so that what they share is made once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.split("::")[0]))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Exports and benchmark sets nobody here wrote; they lie beside the project or nowhere."""
    if not SHARED.exists():
        pytest.skip("the shared exports and benchmark sets are not beside the project")
    return SHARED


@pytest.fixture
def update_golden(request) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory) -> Path:
    """The demo exports, built once a session, with the demo agreements in its ledger."""
    from common_ground.demo import make_demo

    workspace = tmp_path_factory.mktemp("demo") / "workspace"
    make_demo(workspace)
    return workspace


@pytest.fixture
def empty_workspace(tmp_path) -> Path:
    """A folder in which nothing was ever published."""
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    return workspace


@pytest.fixture(scope="session")
def demo_exports() -> Path:
    return DEMO / "exports"
