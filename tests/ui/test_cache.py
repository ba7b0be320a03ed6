import shutil
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from common_ground.errors import WorkspaceError
from common_ground.ledger import NewPolicyChoice, NewVerdict
from common_ground.ui import cache


def version_script():
    import streamlit as st

    from common_ground.ui import cache

    st.text(str(cache.published().data_version))
    st.text(str(len(cache.mart("mart_items"))))


def values(app):
    assert not app.exception
    return [int(text.value) for text in app.text]


def test_nothing_published_is_a_workspace_error(empty_workspace, monkeypatch):
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(empty_workspace))
    assert cache.is_unpublished()
    with pytest.raises(WorkspaceError):
        cache.published()


def test_a_new_publish_shows_at_the_next_click(demo_workspace, demo_exports, tmp_path, monkeypatch):
    from common_ground.warehouse.build import build

    workspace, exports = tmp_path / "workspace", tmp_path / "exports"
    shutil.copytree(demo_workspace, workspace)
    shutil.copytree(demo_exports, exports)
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(workspace))
    app = AppTest.from_function(version_script, default_timeout=60).run()
    version, items = values(app)

    backlog = next(exports.glob("*backlog*.csv"))
    lines = backlog.read_text(encoding="utf-8").splitlines(keepends=True)
    backlog.write_text("".join(lines[:-1]), encoding="utf-8")
    build(exports, workspace)
    assert values(app.run()) == [version + 1, items - 1]


def test_what_kpis_rest_on_changes_with_their_rules_and_not_with_a_verdict(
    demo_workspace, tmp_path, monkeypatch
):
    workspace = tmp_path / "workspace"
    shutil.copytree(demo_workspace, workspace)
    monkeypatch.setenv("COMMON_GROUND_WORKSPACE", str(workspace))
    before, state = cache.what_kpis_rest_on(), cache.ledger_state()
    verdict = NewVerdict("ask_item", "REQ-1", "FSM-1", "same", "Dana")
    cache.ledger().decide(verdict, now=datetime.now(UTC))
    assert cache.ledger_state() != state
    assert cache.what_kpis_rest_on() == before
    choice = NewPolicyChoice("denominator", "all", "Cleo Chair")
    cache.ledger().choose_policy(choice, now=datetime.now(UTC))
    assert cache.what_kpis_rest_on() != before
