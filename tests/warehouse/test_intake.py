"""Dropped files: read once, told apart, asked about, and gone without a trace."""

import os

import pytest

from common_ground.errors import CommonGroundError
from common_ground.exports.questions import Question
from common_ground.warehouse import intake
from common_ground.warehouse.intake import Dropped, Intake


@pytest.fixture
def desk():
    made = Intake()
    yield made
    made.close()


def dropped(key, name, content):
    return Dropped(key, name, lambda path: path.write_bytes(content))


def wait(desk):
    for reading in desk.readings:
        reading.child.wait()


ROWS = b"deal_id,stage\n1,won\n"


def test_the_same_drop_is_read_once_and_a_gone_one_is_forgotten(desk):
    desk.take([dropped("a", "deals.csv", ROWS), dropped("b", "deals.csv", ROWS)], {})
    wait(desk)
    first, second = desk.readings
    assert (first.name, second.name) == ("deals.csv", "deals (2).csv")
    desk.asked["deals.csv", "date_order"] = Question("deals.csv", "date_order", "?", (), "")
    desk.take([dropped("b", "deals.csv", ROWS)], {})
    assert desk.readings == (second,)
    assert desk.asked == {}
    assert not first.path.exists()


def test_another_encoding_reads_the_file_again_and_keeps_its_question(desk):
    drop = dropped("a", "deals.csv", "deal_id,stage\n1,Jörg\n".encode("mac_roman"))
    desk.take([drop], {})
    wait(desk)
    (first,) = desk.readings
    desk.asked["deals.csv", "encoding"] = first.tables[0].questions[0]
    desk.take([drop], {"deals.csv": "cp1252"})
    wait(desk)
    (again,) = desk.readings
    assert again is not first
    assert again.tables[0].rows["stage"].to_pylist() == ["Jšrg"]
    assert list(desk.asked) == [("deals.csv", "encoding")]


def test_a_broken_file_is_a_problem_and_the_others_are_read(desk):
    desk.take([dropped("a", "x.csv", b""), dropped("b", "deals.csv", ROWS)], {})
    wait(desk)
    broken, sound = desk.readings
    assert "the file is empty" in broken.problem.message
    assert (sound.problem, sound.tables[0].loaded) == (None, 1)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\deals.csv", "deals.csv"),
        ("..", "upload"),
        ("a" * 300 + ".csv", "a" * 116 + ".csv"),
    ],
)
def test_a_name_is_a_name_and_never_a_path(desk, name, kept):
    desk.take([dropped("a", name, ROWS)], {})
    (reading,) = desk.readings
    assert reading.name == kept
    assert reading.path.is_relative_to(desk.folder)


def test_closing_leaves_nothing_and_stops_what_runs(desk):
    desk.take([dropped("a", "deals.csv", b"a,b\n" + b'1,"2\n' * 400_000)], {})
    (reading,) = desk.readings
    desk.close()
    assert not desk.folder.exists()
    assert not reading.child.is_running()
    with pytest.raises(CommonGroundError):
        reading.child.result()


def test_what_a_dead_server_left_is_swept_and_what_a_live_one_has_is_not(
    desk, tmp_path, monkeypatch
):
    monkeypatch.setattr(intake.tempfile, "gettempdir", lambda: str(tmp_path))
    gone, alive = (
        tmp_path / "common-ground-999999999-x",
        tmp_path / f"common-ground-{os.getpid()}-x",
    )
    gone.mkdir()
    alive.mkdir()
    intake.sweep()
    assert (gone.exists(), alive.exists()) == (False, True)
