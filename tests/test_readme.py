"""The README keeps its word: its commands run, its paths exist, its length is bearable."""

import re

import pytest

from common_ground.cli import main
from common_ground.settings import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```\n(.*?)```", README, re.DOTALL)


def commands():
    return [
        line.split("#")[0].strip()
        for block in BLOCKS
        for line in block.splitlines()
        if line.strip().startswith((".venv", "make", "python"))
    ]


def test_it_is_under_250_lines():
    assert len(README.splitlines()) < 250


def test_the_make_commands_it_names_are_targets():
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = {line.split()[1] for line in commands() if line.startswith("make ")}
    assert named == {"run", "test"}
    assert named <= targets


@pytest.mark.parametrize("line", [c for c in commands() if "-m common_ground" in c])
def test_its_commands_are_understood(line, capsys):
    words = line.split("-m common_ground ")[1].split()
    with pytest.raises(SystemExit) as end:
        main([words[0], "--help"])
    assert end.value.code == 0
    offered = capsys.readouterr().out
    for word in words[1:]:
        if word.startswith("--"):
            assert word in offered


@pytest.mark.parametrize("name", re.findall(r"^\| `([a-z]+)[` ]", README, re.MULTILINE))
def test_every_command_of_the_table_exists(name, capsys):
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0


def test_building_own_exports_runs_as_written(tmp_path, capsys):
    (tmp_path / "my-exports").mkdir()
    text = "deal_id,account_name,stage,amount,created_date,closed_date\nD1,A,won,5,2026-01-01,\n"
    (tmp_path / "my-exports" / "deals.csv").write_text(text)
    line = next(c for c in commands() if "common_ground build" in c)
    words = line.split("-m common_ground ")[1].split()
    words = [str(tmp_path / w) if w.startswith("my-") else w for w in words]
    assert main(words) == 0
    assert "1 deals" in capsys.readouterr().out


def test_the_decisions_it_shows_are_valid(tmp_path):
    from common_ground.warehouse.decisions import read_decisions

    shown = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "decisions.toml"
    path.write_text(shown[1])
    assert read_decisions(path).file("requests.csv").date_order == "day_first"


@pytest.mark.parametrize("path", re.findall(r"\]\((\.?[\w./-]+)\)", README))
def test_what_it_links_to_exists(path):
    assert (PROJECT / path).exists()


@pytest.mark.parametrize("path", re.findall(r"`((?:queries|tests|pages)/?[\w./]*)`", README))
def test_the_paths_it_names_exist(path):
    assert (PROJECT / path).exists()


def test_every_requirement_has_a_reason():
    names = re.findall(r"^([\w-]+)==", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    reasons = README.split("What it is built on")[1]
    assert [name for name in names if name not in reasons] == []


def test_every_page_of_the_app_is_named():
    for path in (PROJECT / "pages").glob("*.py"):
        assert path.stem.replace("_", " ").lower() in README.lower()
