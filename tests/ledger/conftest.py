"""A fresh ledger per test, and the smallest agreement there is."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from common_ground.ledger import Ledger, NewAgreement, NewSignature, open_ledger

NOW = datetime(2026, 10, 31, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return open_ledger(tmp_path)


@pytest.fixture
def agreed() -> Callable[..., NewAgreement]:
    """An open agreement, with what a test cares about replaced."""

    def make(**changes: Any) -> NewAgreement:
        terms: dict[str, Any] = {
            "title": "Mobile search",
            "give": "Two design partners",
            "get": "Mobile search in beta",
            "sales_owner": "M. Okafor",
            "product_owner": "J. Lindqvist",
            "due_date": date(2026, 11, 20),
        }
        return NewAgreement(**(terms | changes))

    return make


@pytest.fixture
def signature() -> Callable[..., NewSignature]:
    """A signature under the win rate, with what a test cares about replaced."""

    def make(**changes: Any) -> NewSignature:
        terms: dict[str, Any] = {
            "kpi": "win_rate",
            "side": "sales",
            "version": "2",
            "fingerprint": "0a1b2c",
            "options": {"reopened": "last", "denominator": "closed"},
            "meaning": "Deals won divided by deals closed, won or lost.",
            "signed_by": "Dana",
        }
        return NewSignature(**(terms | changes))

    return make
