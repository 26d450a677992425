from importlib import resources

import pytest

from kb.lender import LenderDataError, load_lender, parse_lender


def packaged() -> str:
    return (resources.files("kb") / "lender.toml").read_text(encoding="utf-8")


def test_the_packaged_lender_says_that_it_is_invented() -> None:
    lender = load_lender()
    assert "demonstration" in lender.descriptor
    assert "not a real registration" in lender.registration_line
    for address in (lender.email, lender.grievance_officer.email, lender.nodal_officer.email):
        assert address.endswith(".example.com")
    assert lender.ombudsman.wait_days == 30


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "Esoteric', 'nome = "Esoteric', "name"),
        ("wait_days = 30", "wait_days = 0", "ombudsman.wait_days"),
        ("wait_days = 30", "wait_days = true", "ombudsman.wait_days"),
        ("transferable = true", "transferable = 1", "transferable"),
        ("[nodal_officer]", "[nobody]", "nodal_officer"),
        ('phone = "1800 000 0001"', 'phone = ""', "grievance_officer.phone"),
        ("address = [", "address = [7, ", "address"),
        ("address = [", "address = ", "TOML"),
    ],
)
def test_a_bad_file_is_refused_with_its_key(old: str, new: str, key: str) -> None:
    text = packaged()
    assert old in text
    with pytest.raises(LenderDataError, match=key):
        parse_lender(text.replace(old, new, 1))
