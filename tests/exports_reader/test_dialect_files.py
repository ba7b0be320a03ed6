"""Dialect files: what is written is read again, and what cannot be is refused with its place."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common_ground.errors import DecisionError
from common_ground.exports import own_dialects
from common_ground.exports.dialect_files import KEYS, as_toml, parse_dialect
from common_ground.exports.dialects import known
from common_ground.exports.mappings import TableMapping
from common_ground.settings import QUERIES

GOOD = """
label = "Our CRM"
[deals]
detect = ["No", "Phase"]
[deals.columns]
deal_id = ["No"]
stage = ["Phase"]
"""
SPREAD = 'star = "name"\ncell = "stage"\n'


@pytest.mark.parametrize("mapping", known(), ids=lambda m: f"{m.dialect}.{m.table}")
def test_a_known_mapping_written_and_read_is_the_same(mapping):
    assert parse_dialect(as_toml(mapping).encode(), f"{mapping.dialect}.toml") == (mapping,)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
meanings = st.dictionaries(texts, texts, max_size=2)


@given(texts.filter(str.strip), st.lists(texts, min_size=1, max_size=3).map(tuple), meanings)
def test_any_header_and_label_survives_being_written_and_read(label, headers, said):
    mapping = TableMapping(
        "ours",
        label,
        "deals",
        detect=headers,
        columns={"deal_id": headers, "stage": headers},
        values={"stage": {"won": headers}},
        constants={"currency": headers[0]},
        leave_out=said,
        not_read=said,
        instead={"stage": {headers[0]: said}},
        key=("stage",),
    )
    assert parse_dialect(as_toml(mapping).encode(), "ours.toml") == (mapping,)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('label = "Our CRM"', "label = ", r"not a TOML file .*line 2"),
        ('label = "Our CRM"', "", 'it needs label = "the tool in words"'),
        ('label = "Our CRM"', "label = 5", 'it needs label = "the tool in words"'),
        ("[deals]\n", "[dealz]\n", r"there is no table 'dealz' to fill. Did you mean \[deals\]\?"),
        ('label = "Our CRM"', 'label = "A"\ntool = "B"', "tool is not a section"),
        ('detect = ["No", "Phase"]', "", r"\[deals\] detect is missing"),
        ('detect = ["No", "Phase"]', "detect = []", r"\[deals\] detect is missing"),
        ('detect = ["No", "Phase"]', 'detect = "No"', r"detect must be a list of texts"),
        ('detect = ["No", "Phase"]', "detect = [1]", r"detect must be a list of texts"),
        ('stage = ["Phase"]', 'stages = ["Phase"]', r"names 'stages'.*Did you mean stage\?"),
        ('stage = ["Phase"]', "stage = 5", r"columns.stage must be a list"),
        ("[deals.columns]", "[deals.colums]", r"'colums' is a key nobody reads. Did you mean col"),
        ("[deals]\n", '[deals]\namount_is = "tvc"\n', r"amount_is names 'tvc'.*Did you mean tcv"),
        ("[deals]\n", '[deals]\nkey = ["name"]\n', "key names 'name', which needs its headers"),
        ("[deals]\n", '[deals]\nwith = "nothing"\n', "with names 'nothing'"),
        ("[deals]\n", "[deals]\nunknown_amount_when_lost = 1\n", "must be true or false"),
        ("[deals]\n", "[deals]\nvalues = 3\n", r"values must be a section \[deals.values\]"),
        ("[deals]\n", '[deals]\nvalues = {stage = {win = ["W"]}}\n', "values.stage names 'win'"),
        ("[deals]\n", '[deals]\nvalues = {owner = {won = ["W"]}}\n', "values.owner is read by no"),
        ("[deals]\n", "[deals]\nconstants = {owner = 3}\n", "constants.owner must be a text"),
        ("[deals]\n", '[deals]\nneeds = ["1) or (1"]\n', r"needs names '1\) or \(1'"),
        ("[deals]\n", '[deals]\neach = "nothing"\n', "each names 'nothing'"),
        ("[deals]\n", "[deals]\nleave_out = {gone = 3}\n", "leave_out 'gone' must be a text"),
        ("[deals]\n", '[deals]\ninstead = {stage = "won"}\n', r"section \[deals.instead.stage\]"),
        ("[deals]\n", '[deals]\ninstead = {stage = {S = ["w"]}}\n', "instead.stage 'S' must be a"),
        ("[deals]\n", "[deals]\ninstead = {stage = {S = {w = 1}}}\n", "'S' 'w' must be a text"),
        ("[deals]\n", '[deals]\nvalues = {stage = {won = "W"}}\n', "'won' must be a list"),
        ("[deals]\n", '[deals]\nspread = ["At *"]\ncell = "name"\n', "star is missing: spread,"),
        ("[deals]\n", '[deals]\nstar = "name"\ncell = "stage"\n', "spread is missing: spread,"),
        ("[deals]\n", f"[deals]\n{SPREAD}spread = ['***']\n", r"'\*\*\*', which must have one"),
        ("[deals]\n", f"[deals]\n{SPREAD}spread = ['At']\n", "'At', which must have one star"),
    ],
)
def test_what_a_file_cannot_say_is_refused_with_file_and_place(old, new, told):
    with pytest.raises(DecisionError, match=r"^theirs\.toml: ") as caught:
        own_dialects.check("Theirs.toml", GOOD.replace(old, new, 1).encode())
    assert caught.match(told)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(DecisionError, match=r"theirs\.toml: not a TOML file"):
        own_dialects.check("theirs.toml", b"label = \xff\xfe")


def test_a_refused_file_leaves_the_folder_as_it_was(tmp_path):
    kept = own_dialects.keep_file("ours.toml", GOOD.encode(), tmp_path)
    with pytest.raises(DecisionError):
        own_dialects.keep_file("ours.toml", b"[deals]", tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == [GOOD]
    assert kept.name == "ours.toml"


def test_a_table_may_be_exported_in_two_shapes():
    second = GOOD.replace("Phase", "Etappe").split('label = "Our CRM"')[1]
    both = (GOOD + second).replace("[deals]", "[[deals]]")
    first, other = parse_dialect(both.encode(), "ours.toml")
    assert replace(other, detect=first.detect, columns=first.columns) == first
    assert other.columns["stage"] == ("Etappe",)


def test_the_example_of_the_readme_is_a_dialect_and_its_table_names_every_key():
    text = (QUERIES / "README.md").read_text(encoding="utf-8").split("## A dialect")[1]
    example = text.split("```toml")[1].split("```")[0]
    assert parse_dialect(example.encode(), "example.toml")[0].label == "Dynamics 365"
    lines = text.split("\n## ")[0].splitlines()
    cells = [line.split("|")[1].strip() for line in lines if line.startswith("| ")]
    assert {key for cell in cells for key in cell.split(", ")} == set(KEYS)
