"""Names of companies are read as people mean them, in analysis and in SQL alike."""

import duckdb
import pytest

from common_ground.analysis.account_words import domain_stem, initials, read_name
from common_ground.settings import QUERIES

FORMS = [
    ("Acme", "acme", ""),
    ("ACME, Inc.", "acme", "inc"),
    ("Acme Corporation", "acme", "inc"),
    ("Acme Limited", "acme", "ltd"),
    ("Acme Pvt. Ltd.", "acme", "ltd"),
    ("Acme GmbH & Co. KG", "acme", "kg"),
    ("Acme Ges.m.b.H.", "acme", "gmbh"),
    ("Acme S.A.", "acme", "sa"),
    ("Acme S.A. de C.V.", "acme", "cv"),
    ("Acme Sp. z o.o.", "acme", "spzoo"),
    ("Acme A/S", "acme", "as"),
    ("Škoda s.r.o.", "skoda", "sro"),
    ("Sold As Is", "sold as is", ""),
    ("Da Vinci", "da vinci", ""),
]


@pytest.mark.parametrize(("text", "words", "form"), FORMS)
def test_a_legal_form_is_no_part_of_a_name_in_python_and_in_sql(text, words, form):
    found = read_name(text)
    assert (found.words, found.form) == (words, form)
    with duckdb.connect() as connection:
        connection.execute((QUERIES / "values.sql").read_text(encoding="utf-8"))
        query = "select normal_name(?), coalesce(legal_form(?), '')"
        assert connection.execute(query, [text, text]).fetchone() == (words, form)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Müller & Söhne", "mueller soehne"),
        ("Mu\N{COMBINING DIAERESIS}ller", "mueller"),
        ("Łódź Intl.", "lodz international"),
        ("O'Brien Mfg", "obrien manufacturing"),
        ("Acme (IT department)", "acme"),
        ("Acme GmbH - Berlin", "acme"),
        ("(Acme)", "acme"),
        ("The Co", "the co"),
        ("東京 KK", "東京"),
        ("", ""),
    ],
)
def test_a_name_is_its_words_without_notes_and_marks(text, words):
    assert read_name(text).words == words


def test_initials_and_the_name_in_a_domain():
    assert initials("acme robotics international") == "ari"
    assert [domain_stem(each) for each in ("acme-group.co.uk", "shop.acme.com", "acme")] == [
        "acmegroup",
        "acme",
        "acme",
    ]
