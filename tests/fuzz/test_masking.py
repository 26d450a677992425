"""Laws of hiding: what must not be kept, sent to a model or traced is gone, however it was written."""

from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from agents.model.pseudonyms import pseudonymise
from agents.model.vocabulary import load_known_words
from agents.understanding.redaction import mask_secrets
from server.observing.trace_masking import TraceMask, masked_error
from tests.fuzz.law import law
from tests.fuzz.strategies import aadhaars, messages, written
from tools.identifiers import mask_aadhaar, mask_mobile, mask_pan

known_words = cache(load_known_words)
WORDS = st.sampled_from(
    [
        "",
        "my aadhaar is ",
        "आधार ",
        "Aadhaar no.:",
        "it is ",
        "uid=",
        "number(",
        "a",
        "नंबर-",
        "PAN ZZZPK1001A, aadhaar ",
    ]
)
AFTER = st.sampled_from(["", ".", " is it", ")", " ok?", ",thanks", "\n", "और"])


def digits_of(text: str) -> str:
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


@law
@given(st.data(), aadhaars(), WORDS, AFTER, st.booleans())
def test_no_aadhaar_survives(data: st.DataObject, number: str, before: str, after: str, otp_asked: bool) -> None:
    text = before + data.draw(written(number)) + after
    masked = mask_secrets(text, otp_asked=otp_asked)
    assert number not in digits_of(masked)
    assert number[:8] not in digits_of(masked)


@law
@given(messages, st.booleans())
def test_a_masked_text_stays_as_it_is(text: str, otp_asked: bool) -> None:
    masked = mask_secrets(text, otp_asked=otp_asked)
    assert mask_secrets(masked, otp_asked=otp_asked) == masked


@law
@given(st.text("0123456789", min_size=4, max_size=8), messages)
def test_no_code_survives(code: str, around: str) -> None:
    masked = mask_secrets(f"otp {code}", otp_asked=True)
    assert code not in digits_of(masked)


@law
@given(st.text(max_size=40))
@example("\uff11" * 12)
def test_masks_show_four_characters(text: str) -> None:
    for mask in (mask_aadhaar, mask_pan, mask_mobile):
        shown = mask(text).replace("X", "").replace("+91", "").replace(" ", "")
        assert len(shown) <= 4
    assert sum(sign.isdigit() for sign in mask_aadhaar(text)) <= 4


PERSONAL = (
    "ZZZPK1001A", "zzzpk1001a", "ZZZPK 1001 A", "9000000001", "+91 90000 00001", "9999 4000 0018", "a.b@example.com",
    "12/05/1990", "ZZZPK-1001-A", "999940000018",
)  # fmt: skip


@law
@given(messages, st.sampled_from(PERSONAL), messages)
def test_no_identifier_goes_to_the_model(before: str, identifier: str, after: str) -> None:
    hidden = pseudonymise(f"{before} {identifier} {after}", {}, otp_asked=False, known_words=known_words()).text
    assert hidden.count(identifier) < f"{before} {identifier} {after}".count(identifier) or identifier not in hidden
    assert identifier not in hidden


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | messages,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12) | st.just("text"), inner, max_size=4)
    ),
    max_leaves=10,
)
SECRET = "ZZZPK1001A 9000000001 999940000018"


@law
@given(
    st.dictionaries(st.text(max_size=20), VALUES, max_size=5),
    st.sampled_from(["content", "pan", "messages", "x", "error", "type"]),
)
def test_no_secret_leaves_in_a_trace(payload: dict[str, object], key: str) -> None:
    mask = TraceMask(frozenset({"loan", "the"}))
    shown = str(mask({**payload, key: SECRET, "deep": [{key: SECRET}], "more": {"inner": {key: [SECRET]}}}))
    assert all(secret not in shown for secret in SECRET.split())
    assert all(secret not in masked_error(f"ValueError({SECRET!r})\n{payload}") for secret in SECRET.split()) or any(
        secret in str(payload) for secret in SECRET.split()
    )
