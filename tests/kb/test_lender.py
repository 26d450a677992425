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


def test_the_hindi_lender_has_the_same_numbers_and_addresses() -> None:
    own, hindi = load_lender().in_language("en"), load_lender().in_language("hi")
    assert own.in_language("hinglish") == own
    assert hindi.registration_line != own.registration_line
    assert (hindi.name, hindi.cin, hindi.transferable) == (own.name, own.cin, own.transferable)
    for officer, same in ((hindi.grievance_officer, own.grievance_officer), (hindi.nodal_officer, own.nodal_officer)):
        assert (officer.phone, officer.email) == (same.phone, same.email)
        assert officer.name != same.name
    assert hindi.ombudsman.wait_days == own.ombudsman.wait_days


def test_a_bad_translation_is_refused_with_its_key() -> None:
    with pytest.raises(LenderDataError, match=r"grievance_officer\.name"):
        parse_lender(packaged().replace('name = "आशा', 'name = ""\nnom = "आशा', 1))
