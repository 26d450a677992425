"""Keys derived from one secret."""

from tools.derivation import derived


def test_the_vector_of_the_rfc_without_salt_and_info() -> None:
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    assert derived(b"\x0b" * 22, "", 42).hex() == expected  # RFC 5869, A.3


def test_each_purpose_has_its_own_key() -> None:
    secret = b"a secret for tests alone"
    assert len({derived(secret, purpose) for purpose in ("documents", "logs", "tokens")}) == 3
    assert len(derived(secret, "logs")) == 32
