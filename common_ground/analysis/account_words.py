"""Company names and mail domains as people mean them, whoever typed them in."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

# Spellings of legal forms, and the form each one stands for.
FORMS: Final = {
    **{form: form for form in (
        "ag", "bv", "nv", "sa", "sas", "sarl", "plc", "oy", "ab", "srl", "spa", "kg", "lp", "llp",
        "llc", "sl", "ltda", "spzoo", "aps", "se", "pty", "inc", "ltd", "gmbh", "oyj", "asa",
        "lda", "bvba", "sprl", "dac", "sro", "kft", "zrt", "nyrt", "doo", "uab",
    )},
    "ltee": "ltd", "incorporated": "inc", "corp": "inc", "corporation": "inc", "limited": "ltd",
    "mbh": "gmbh", "ug": "gmbh", "ohg": "kg",
}  # fmt: skip
# Legal forms that are words of names unless they are the last one.
LAST_FORMS: Final = frozenset({"as", "og", "da", "cv", "kk"})
# Legal forms of several words or letters, and one word for each; queries/values.sql has them too.
_JOINED: Final = (
    (r"\bsp\.? ?z ?o\.? ?o\b\.?", " spzoo "),
    (r"\bges\.? ?m\.? ?b\.? ?h\b\.?", " gmbh "),
    (r"\b(?:pvt|private|pty|pte)\.? (?:ltd|limited)\b\.?", " ltd "),
    (r"\bs\.? ?(?:a\.?(?: ?p\.? ?i\.?)?|de r\.? ?l\.?) de c\.? ?v\b\.?", " cv "),
    (r"\ba/s\b", " as "),
)
# What stands for a legal form in some names and is a word of others.
FILLERS: Final = frozenset({"the", "co", "company", "cia", "and", "und", "et", "y", "e"})
SHORT_FOR: Final = {
    "assoc": "associates", "bros": "brothers", "cons": "consulting", "constr": "construction",
    "dept": "department", "dev": "development", "elec": "electronics", "eng": "engineering",
    "gen": "general", "groupe": "group", "grp": "group", "grupo": "group", "gruppe": "group",
    "hldg": "holding", "holdings": "holding", "ind": "industries", "ins": "insurance",
    "intl": "international", "labs": "laboratories", "med": "medical", "mfg": "manufacturing",
    "mgmt": "management", "mktg": "marketing", "natl": "national", "pharm": "pharma",
    "prop": "properties", "serv": "services", "sol": "solutions", "svc": "services",
    "svcs": "services", "sys": "systems", "tech": "technologies", "technology": "technologies",
    "tel": "telecommunications", "telecom": "telecommunications", "univ": "university",
    "utd": "united",
}  # fmt: skip
# Words that make a subsidiary of a name: a part of the business, or where it is.
PARTS: Final = frozenset({
    "holding", "energy", "financial", "bank", "usa", "us", "uk", "gb", "germany", "deutschland",
    "france", "spain", "espana", "italy", "italia", "sweden", "sverige", "poland", "polska",
    "netherlands", "nederland", "brazil", "brasil", "canada", "mexico", "china", "india", "japan",
    "australia", "austria", "osterreich", "switzerland", "schweiz", "suisse", "europe", "emea",
    "apac", "asia", "america", "americas", "nordics", "north", "south", "east", "west", "de", "fr",
    "es", "it", "se", "pl", "nl", "br",
})  # fmt: skip
_LETTERS: Final = str.maketrans({
    "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "&": " ", "+": " ", "'": None, "’": None,
})  # fmt: skip
_SECOND_LEVEL: Final = frozenset({"co", "com", "org", "net", "ac", "gov"})


@dataclass(frozen=True)
class Name:
    """A company's name.

    Attributes:
        words: without legal form, fillers and notes, abbreviations written out; joined by blanks.
        form: legal form; "" where it says none.
    """

    words: str
    form: str


def read_name(text: str) -> Name:
    """What a name as an export writes it says.

    What stands in brackets or behind the legal form is a note of whoever typed it ("Acme GmbH (IT
    department)"). A name that would have no word left keeps all of them.
    """
    spoken = _words(re.sub(r"[(\[][^)\]]*[)\]]", " ", text)) or _words(text)
    at = next((place for place, word in enumerate(spoken) if place and word in FORMS), None)
    if at is None and len(spoken) > 1 and spoken[-1] in LAST_FORMS:
        at = len(spoken) - 1
    form = "" if at is None else FORMS.get(spoken[at], spoken[at])
    if at is not None and "kg" in spoken[at:]:
        form = "kg"  # GmbH & Co. KG
    kept = [
        SHORT_FOR.get(word, word)
        for word in spoken[:at]
        if word not in FORMS and word not in FILLERS
    ]
    return Name(" ".join(kept or spoken), form)


def _words(text: str) -> list[str]:
    # Composed first, so that "u" with a mark behind it is the letter that is written out
    text = unicodedata.normalize("NFC", text).casefold().translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    for several, one in _JOINED:
        text = re.sub(several, one, text)
    text = re.sub(r"\b(?:\w\.\s?){2,}", lambda found: re.sub(r"\W", "", found[0]) + " ", text)
    return re.findall(r"\w+", text)


def initials(words: str) -> str:
    """First letters of the words of a name."""
    return "".join(word[0] for word in words.split())


def domain_stem(domain: str) -> str:
    """The part of a domain that is a name, without marks: "acmegroup" of acme-group.co.uk."""
    labels = domain.casefold().split(".")
    labels = labels[:-1] if len(labels) > 1 else labels
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels = labels[:-1]
    return re.sub(r"[^0-9a-z]", "", labels[-1])
