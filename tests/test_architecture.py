"""The tree keeps its word: which layer may use what, and how far a file may grow."""

import ast
from pathlib import Path

import pytest

from common_ground.settings import PROJECT

PACKAGE = PROJECT / "common_ground"
SOURCES = sorted([*PACKAGE.rglob("*.py"), *(PROJECT / "pages").glob("*.py"), PROJECT / "app.py"])


def modules_imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def uses(path: Path, package: str) -> bool:
    return any(m == package or m.startswith(f"{package}.") for m in modules_imported(path))


def is_in(path: Path, *folders: str) -> bool:
    return any(path.is_relative_to(PACKAGE / folder) for folder in folders)


def test_the_sweep_sees_the_sources():
    assert len(SOURCES) > 40


def test_only_app_pages_and_ui_import_streamlit():
    outside = [p for p in SOURCES if is_in(p) or p.is_relative_to(PACKAGE)]
    wrong = [p.name for p in outside if uses(p, "streamlit") and not is_in(p, "ui")]
    assert wrong == []


def test_analysis_sees_neither_database_nor_charts():
    for path in SOURCES:
        if is_in(path, "analysis"):
            for package in ("duckdb", "plotly", "common_ground.warehouse", "common_ground.ui"):
                assert not uses(path, package), f"{path.name} imports {package}"


def test_only_the_warehouse_opens_duckdb_and_only_the_ledger_its_store():
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if not is_in(path, "warehouse"):
            assert "duckdb.connect" not in text, path.name
        if not is_in(path, "ledger"):
            assert not uses(path, "sqlalchemy"), path.name
            assert not uses(path, "sqlite3"), path.name


def test_pages_hold_no_sql_and_no_grouping():
    for path in (PROJECT / "pages").glob("*.py"):
        text = path.read_text(encoding="utf-8").lower()
        for sign in ("select ", ".groupby(", "duckdb"):
            assert sign not in text, f"{path.name} holds {sign!r}"


def test_today_is_an_argument():
    for path in SOURCES:
        assert "date.today(" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("name", ["app.py", "pages", "data", "queries", "tests"])
def test_the_top_level_is_the_agreed_one(name):
    assert (PROJECT / name).exists()


def test_the_top_level_holds_nothing_else():
    allowed = {
        "app.py", "pages", "data", "queries", "tests", "requirements.txt", "README.md",
        "common_ground", "benchmarks", "Makefile", "LICENSE", "pyproject.toml",
        "requirements-dev.txt", "workspace", "__pycache__",
    }  # fmt: skip
    found = {p.name for p in PROJECT.iterdir() if not p.name.startswith(".")}
    assert found <= allowed
