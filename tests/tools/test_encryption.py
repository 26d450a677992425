"""Files at rest: what is sealed tells nothing, opens in its place alone, and outlives one change of the secret."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.encryption import Damaged, FileSeal

OLD, NEW = b"an old secret for tests, 32 bytes", b"a new secret for tests, 32 bytes."
DATA = b"Net Pay: 54,200 " * 100


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=5_000), place=st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=3))
def test_what_is_sealed_opens_in_its_place(data: bytes, place: list[str]) -> None:
    seal = FileSeal([NEW], "documents")
    assert seal.open(seal.seal(data, *place), *place) == data


def test_it_tells_nothing_and_never_twice_the_same() -> None:
    seal = FileSeal([NEW], "documents")
    first, second = seal.seal(DATA, "a"), seal.seal(DATA, "a")
    assert first != second
    assert b"Net Pay" not in first and b"54,200" not in first
    assert NEW not in repr(seal).encode() + first


@pytest.mark.parametrize("place", [("b", "s"), ("a", "t"), ("a",), (), ("s", "a"), ("a", "s", ""), ("as", "")])
def test_moved_to_another_place_it_is_refused(place: tuple[str, ...]) -> None:
    seal = FileSeal([NEW], "documents")
    with pytest.raises(Damaged):
        seal.open(seal.seal(DATA, "a", "s"), *place)


def test_any_changed_bit_is_seen() -> None:
    seal = FileSeal([NEW], "documents")
    sealed = seal.seal(b"ab", "a")
    for at in range(len(sealed) * 8):
        bent = bytearray(sealed)
        bent[at // 8] ^= 1 << at % 8
        with pytest.raises(Damaged):
            seal.open(bytes(bent), "a")


def test_any_cut_is_seen() -> None:
    seal = FileSeal([NEW], "documents")
    sealed = seal.seal(b"ab", "a")
    for length in range(len(sealed)):
        with pytest.raises(Damaged):
            seal.open(sealed[:length], "a")
    with pytest.raises(Damaged):
        seal.open(DATA, "a")


def test_the_former_secret_still_opens_and_no_longer_seals() -> None:
    before, after = FileSeal([OLD], "documents"), FileSeal([NEW, OLD], "documents")
    kept = before.seal(DATA, "a")
    assert after.open(kept, "a") == DATA
    with pytest.raises(Damaged):
        before.open(after.seal(DATA, "a"), "a")
    with pytest.raises(Damaged):
        FileSeal([NEW], "documents").open(kept, "a")


def test_another_purpose_has_another_key() -> None:
    sealed = FileSeal([NEW], "documents").seal(DATA, "a")
    with pytest.raises(Damaged):
        FileSeal([NEW], "letters").open(sealed, "a")
