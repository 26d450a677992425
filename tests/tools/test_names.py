import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.names import in_english_letters, match_names, surname_of

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "identifiers.json").read_text(encoding="utf-8"))
MORE = [
    ("A P J Rahman", "APJ Rahman", "match"),
    ("Dr. (Mrs.) Meena Kumari", "Meena Kumari", "match"),
    ("Sri Devi", "Sridevi", "match"),
    ("Sunita Devi Ji", "sunita  devi", "match"),
    ("Anthony D'Souza", "Anthony Dsouza", "match"),
    ("Leela w/o Mohan Rao", "LEELA", "match"),
    ("राजेश कुमार", "राजेश  कुमार", "match"),
    ("Anaïs Pereira", "Anais Pereira", "match"),
    ("Asha\u200b Rao", "Asha Rao", "match"),
    ("R Kumar", "R Kumar Singh", "review"),
    ("R K", "Rajesh Kumar", "review"),
    ("Ravisankar K", "Ravi Sankar", "review"),
    ("Ravishankar", "Ravi Sankar", "review"),
    ("Kumar", "Kumar Kumar", "review"),
    ("राजेश कुमार", "Rajesh Kumar", "review"),
    ("Sneah Patil", "Sneha Patel", "review"),
    ("A Rao", "Amit Shah", "mismatch"),
    ("Raj", "Om", "mismatch"),
    ("", "Amit Shah", "mismatch"),
    ("...", "...", "mismatch"),
]


@pytest.mark.parametrize("row", VECTORS["names"]["vectors"], ids=lambda row: f"{row['a']}/{row['b']}")
def test_worked_pairs(row: dict[str, str]) -> None:
    assert match_names(row["a"], row["b"]) == row["result"]
    assert match_names(row["b"], row["a"]) == row["result"]


@pytest.mark.parametrize(("a", "b", "verdict"), MORE)
def test_more_pairs(a: str, b: str, verdict: str) -> None:
    assert match_names(a, b) == verdict
    assert match_names(b, a) == verdict


def test_one_changed_letter_never_gives_a_match() -> None:
    name = "RAJESH KUMAR"
    for place, letter in enumerate(name):
        for other in "ABEKMTZ":
            if letter not in (" ", other):
                assert match_names(name, name[:place] + other + name[place + 1 :]) == "review"


words = st.text("ABCDEFGH", min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(st.lists(words, min_size=1, max_size=4), st.lists(words, min_size=1, max_size=4))
def test_order_of_the_two_names_does_not_matter(a: list[str], b: list[str]) -> None:
    assert match_names(" ".join(a), " ".join(b)) == match_names(" ".join(b), " ".join(a))
    assert match_names(" ".join(a), " ".join(reversed(a))) == "match"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_the_comparison(a: str, b: str) -> None:
    assert match_names(a, b) in ("match", "review", "mismatch")


@pytest.mark.parametrize(
    ("name", "surname"),
    [("Smt. Sunita Devi", "DEVI"), ("Deepa S/O Raman Nair", "DEEPA"), ("Vijay", "VIJAY"), ("  ", None)],
)
def test_surname(name: str, surname: str | None) -> None:
    assert surname_of(name) == surname


@pytest.mark.parametrize("name", ["Rajesh Kumar", "Anaïs D'Souza", "R. Kumar", "MD. IMRAN", "Asha\u200b Rao", "Zoë"])
def test_names_in_english_letters(name: str) -> None:
    assert in_english_letters(name)


@pytest.mark.parametrize("name", ["राजेश कुमार", "Rajesh कुमार", "ராஜேஷ்", "Раджеш", "রাজেশ"])
def test_names_in_other_letters(name: str) -> None:
    assert not in_english_letters(name)
