"""Encodings are proved or guessed aloud."""

import pytest

from common_ground.errors import UnreadableExportError

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
        (bytes(range(256)) * 3, "not a text file"),
    ],
)
def test_what_is_no_table_is_named(table_of, content, said):
    with pytest.raises(UnreadableExportError, match=said):
        table_of(content)
