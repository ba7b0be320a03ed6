"""Encodings are proved or guessed aloud."""

import random
import zipfile

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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    ["назва,місто\nПерша,Київ\nДруга,Львів\n", "名前,都市\n最初,東京\n二番,大阪\n", "a,b\n1,2\n"],
)
@pytest.mark.parametrize("end", [b"", b"\n", b"\x1a", b"\0"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf16_of_any_script_is_read_with_and_without_mark_and_stray_last_byte(
    table_of, encoding, text, end, mark
):
    table = table_of((mark + text).encode(encoding) + end)
    header, first, *_ = text.split("\n")
    assert table.header == tuple(header.split(","))
    assert list(table.rows.to_pylist()[0].values()) == first.split(",")
    assert table.encoding.startswith(encoding)


def test_a_member_of_an_archive_is_read_in_the_encoding_said_of_it(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("deals.csv", "id,name\n1,Björn\n".encode("mac_roman"))
        archive.writestr("old/users.csv", "id,name\n1,Köln\n".encode("cp1252"))
    for name in ("deals.csv", "export.zip/deals.csv"):
        deals, users = read(path, encoding={name: "mac_roman", "export.zip": "cp1252"})
        assert deals.rows["name"].to_pylist() == ["Björn"]
        assert users.rows["name"].to_pylist() == ["Köln"]
        assert (deals.questions, users.questions) == ((), ())


def test_guessed_letters_of_json_are_told(table_of):
    table = table_of('[{"name": "Müller"}]'.encode("cp1252"), "e.json")
    assert table.rows["name"].to_pylist() == ["Müller"]
    assert "read as cp1252" in table.warnings[0]


def test_many_zero_bytes_are_counted_in_a_bounded_time(table_of):
    row = b"1,some name of a company that is long\0,and a text beside it that is long\n"
    table = table_of(b"id,name,text\n" + row.replace(b"\0", b"") * 40_000 + row * 20_000)
    assert table.loaded == 60_000
    assert "20,000 zero bytes in the text taken out (first on line 40,002" in table.warnings[0]


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


@pytest.mark.parametrize(("encoding", "said"), [("cp1252", "cp1252"), ("mac_roman", "mac-roman")])
def test_the_only_one_of_windows_and_mac_that_makes_sense_is_taken_and_told(
    table_of, encoding, said
):
    table = table_of(NAMES.encode(encoding))
    assert (table.encoding, table.questions) == (said, ())
    assert f"read as {said}" in table.warnings[0]
    assert table.rows["name"].to_pylist() == ["Jörg Müller", "Chloë Besançon", "Íñigo Núñez"]


def test_windows_or_mac_is_asked_with_both_readings_where_both_make_sense(table_of):
    table = table_of("id,name\n1,Björn\n2,Köln\n".encode("mac_roman"))
    (question,) = table.questions
    assert (question.key, question.file) == ("encoding", "export.csv")
    windows, mac = question.choices
    assert (windows.value, windows.outcome) == ("cp1252", "'Bjšrn', 'Kšln'")
    assert (mac.value, mac.outcome) == ("mac_roman", "'Björn', 'Köln'")
    assert "it is read as Windows" in question.sentence


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


NAMES_OF_EUROPE = """
Müller Schröder Köln Jäger Weiß Bäcker Günther Straße Österreich Übersee Ärzte Lübeck Fußball MÜLLER
Jörg Zürich François Hélène Crème Besançon Noël Étienne Éloïse Orléans Château Forêt Île Cœur Sœur
élan Benoît Zoé ANDRÉ L’Oréal d’Or Muñoz Núñez García López Íñigo Ángel Úrsula Málaga Raúl Óscar
Jesús MUÑOZ Año São João Gonçalves Conceição Açores Avô Luís Câmara Inês Évora país Città Niccolò
Università lunedì È Forlì Åsa Malmö Ängström Örebro Håkan på Søren Ærø Køge Øresund Bjørn Ålborg
"""
ENGLISH = """
café naïve it’s don’t O’Brien customer’s Acme™ “best” 10€ €50 5° £20 résumé wait… ½ Brontë
"""


def read_many(encoding, words, names, draw):
    """How 200 files with some names were read: right, asked or wrong."""
    counts = {"right": 0, "asked": 0, "wrong": 0}
    for _ in range(200):
        rows = "".join(f"{n},Anna {name}\n" for n, name in enumerate(draw.sample(words, names)))
        text = f"id,name\n{rows}"
        found = to_utf8(text.encode(encoding), "names.csv")
        is_right = found.utf8.decode() == text
        counts["asked" if found.fit else "right" if is_right else "wrong"] += 1
    return counts


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(("names", "asked"), [(1, 80), (3, 16), (10, 0)])
def test_names_of_europe_are_never_read_wrong_and_seldom_asked_about(encoding, names, asked):
    counts = read_many(encoding, NAMES_OF_EUROPE.split(), names, random.Random(names))
    assert counts["wrong"] == 0
    assert counts["asked"] <= asked


@pytest.mark.parametrize(("names", "asked"), [(1, 50), (3, 2)])
def test_english_text_of_windows_with_quotes_and_money_is_not_asked_about(names, asked):
    counts = read_many("cp1252", ENGLISH.split(), names, random.Random(names))
    assert counts["wrong"] == 0
    assert counts["asked"] <= asked


def test_a_few_zero_bytes_are_taken_out_and_told(table_of):
    rows = "".join(f"{number},name {number}\n" for number in range(200)).encode()
    table = table_of(b"id,name\n" + rows.replace(b"name 7\n", b"na\0me 7\n"))
    assert table.rows["name"][7].as_py() == "name 7"
    (warning,) = table.warnings
    assert "1 zero byte in the text taken out (first on line 9)" in warning.replace(
        "\N{NO-BREAK SPACE}", " "
    )
