"""Encodings are proved or guessed aloud."""

import random

import pytest

from common_ground.errors import UnreadableExportError
from common_ground.exports import read
from common_ground.exports.encoding import to_utf8

TEXT = "naam,plaats\nZoë,Köln\nJosé,Málaga\n"


@pytest.mark.parametrize(
    ("encoding", "mark", "reported"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8 (with byte-order mark)"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le (with byte-order mark)"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be (with byte-order mark)"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("cp1252", b"", "cp1252"),
    ],
)
def test_the_same_table_in_every_encoding(table_of, encoding, mark, reported):
    table = table_of(mark + TEXT.encode(encoding))
    assert table.header == ("naam", "plaats")
    assert table.rows.column("plaats").to_pylist() == ["Köln", "Málaga"]
    assert table.encoding == reported


def test_a_guess_is_told(table_of):
    (warning,) = table_of(TEXT.encode("cp1252")).warnings
    assert "cp1252" in warning


def test_cyrillic_is_left_to_the_detector(table_of):
    words = "Название,Город\n" + "Первая компания,Москва\nВторая компания,Казань\n" * 20
    table = table_of(words.encode("cp1251"))
    assert table.header == ("Название", "Город")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50, "old Excel"),
        (b"a,b\n1,\0\0\0\n", "not a text file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (bytes(range(256)) * 3, "does not look like text"),
    ],
)
def test_what_is_no_table_is_named(table_of, content, said):
    with pytest.raises(UnreadableExportError, match=said):
        table_of(content)


NAMES = "id,name\n1,Jörg Müller\n2,Chloë Besançon\n3,Íñigo Núñez\n"


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_windows_or_mac_is_asked_where_both_could_be_or_told(table_of, encoding):
    table = table_of(NAMES.encode(encoding))
    assert "Nothing in the file says how its letters are encoded" in table.warnings[0]
    assert table.rows["name"].to_pylist()[0] == "Jörg Müller"
    if encoding == "mac_roman":
        (question,) = table.questions
        assert question.key == "encoding"
        mac, windows = question.choices
        assert (mac.value, windows.value) == ("mac_roman", "cp1252")
        assert mac.outcome == "Jörg, Müller, Chloë"
        assert windows.outcome != mac.outcome
    else:
        assert table.questions == ()


def test_what_a_person_says_of_the_encoding_holds(tmp_path):
    path = tmp_path / "names.csv"
    path.write_bytes(NAMES.encode("mac_roman"))
    (mac,) = read(path, encoding="mac_roman")
    (windows,) = read(path, encoding="cp1250")
    assert (mac.questions, mac.warnings, mac.encoding) == ((), (), "mac_roman")
    assert mac.rows["name"][0].as_py() == "Jörg Müller"
    assert windows.rows["name"][0].as_py() != "Jörg Müller"
    with pytest.raises(UnreadableExportError, match="there is no encoding 'klingon'"):
        read(path, encoding="klingon")
    with pytest.raises(UnreadableExportError, match="is not text in utf-8"):
        read(path, encoding="utf-8")


WORDS = """
Müller Jörg Björn Åsa Søren François Chloë Zoë José Muñoz Núñez García Márquez Peña Køge Ærø Weiß
Ångström Château Crème São João Málaga Cádiz Düsseldorf Köln Zürich Genève Québec Orléans Évry
Étienne Éloïse Gül Übersee Ödland Íñigo Ángel Úrsula Iñaki Naïve Hôtel L’Oréal Größe Señor mañana
irmã Malmö Ålesund Tromsø Reykjavík
"""


def test_no_western_name_is_read_wrong_without_a_question():
    draw = random.Random(3)
    asked = {"cp1252": 0, "mac_roman": 0}
    for encoding in asked:
        for _ in range(200):
            text = "id,name\n" + "".join(f"1,{word}\n" for word in draw.sample(WORDS.split(), 4))
            found = to_utf8(text.encode(encoding), "names.csv")
            asked[encoding] += found.fit is not None
            assert found.fit is not None or found.utf8.decode() == text
    assert asked["cp1252"] <= 10
    assert asked["mac_roman"] >= 190


def test_a_few_zero_bytes_are_taken_out_and_told(table_of):
    rows = "".join(f"{number},name {number}\n" for number in range(200)).encode()
    table = table_of(b"id,name\n" + rows.replace(b"name 7\n", b"na\0me 7\n"))
    assert table.rows["name"][7].as_py() == "name 7"
    (warning,) = table.warnings
    assert "1 zero byte in the text taken out (first on line 9)" in warning.replace(
        "\N{NO-BREAK SPACE}", " "
    )
