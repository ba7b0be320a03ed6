import pytest

from common_ground.pack import chromium


@pytest.fixture
def browser() -> None:
    """Tests that draw need a Chromium; without one they say so."""
    if not chromium.is_available():
        pytest.skip("no Chrome, Chromium or Edge on this machine, which PDF and PNG need")
