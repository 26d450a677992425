"""What people type, and what is nearly that: numbers, units, dates, identifiers and words in three languages."""

from datetime import date

from hypothesis import strategies as st

from tools.identifiers import verhoeff_digit

_WORDS = (
    "lakh", "lakhs", "L", "crore", "cr", "k", "hazaar", "thousand", "sau", "hundred", "लाख", "हज़ार", "करोड़", "saadhe",
    "sadhe", "paune", "sava", "dhai", "dedh", "aadha", "half", "quarter", "and a half", "point", "ek", "do", "teen",
    "chaar", "paanch", "das", "bees", "pachees", "pachas", "nabbe", "five", "twenty", "hundred and", "a", "an", "zero",
    "₹", "Rs.", "Rs", "INR", "rupees", "/-", "only", "%", "percent", "per cent", "p.a.", "months", "month", "mahine",
    "years", "year", "saal", "yr", "y", "m", "days", "EMI", "emi", "instalments", "lpa", "pm", "per month",
    "to", "-", "–", "se", "ya", "or", "between", "beech", "lekar", "and", "aur", "plus", ",", ".", "/", ":", ";", "?",
    "!", "(", ")", "\n", "'", '"', "।", "...", "\u200b", "\u00a0", "\u202e",
    "I need", "mujhe", "chahiye", "loan", "for", "my salary is", "income", "salary", "age", "PAN", "pan is", "aadhaar",
    "mobile", "phone", "otp", "dob", "born on", "name is", "mera naam", "email", "address", "pincode", "I work at",
    "no", "yes", "haan", "nahi", "not", "instead", "actually", "change", "what if", "agar", "option", "first",
    "wedding", "medical", "house", "score", "cibil", "ZZZPK1001A", "zzzpm1101a", "ABCDE", "i20", "covid-19", "$5000",
    "jan", "March", "12/05/1990", "31/02/1990", "1990-05-12", "12 05 1990", "मुझे", "चाहिए", "महीने", "साल", "है",
    "९००००००००१", "५", "a@b.co", "@", "+91", "90000 00001", "110001", "9999 4000 0018", "🙏", "İ", "ß", "ﬁ", "e\u0301",
)  # fmt: skip
_DIGITS = st.integers(0, 10**12).map(str) | st.sampled_from(
    [
        "0",
        "00",
        "007",
        "1.",
        ".5",
        "1.5",
        "1,00,000",
        "1,2,3",
        "1.2.3",
        "3.0000001",
        "9" * 40,
        "1e5",
        "-5",
        "½",
        "²",
        "①",
        "٣",
    ]
)
messages = st.lists(st.tuples(st.sampled_from(_WORDS) | _DIGITS, st.sampled_from(["", " ", " ", " ", "  "]))).map(
    lambda parts: "".join(word + gap for word, gap in parts)
) | st.text(max_size=300)

SLOTS = (
    None, "desired_amount", "loan_term_months", "purpose", "applicant_name", "monthly_income", "existing_emi", "phone",
    "pan", "aadhaar_last4", "date_of_birth", "email", "address", "pincode", "otp", "employment", "employer", "confirm",
    "employment_years", "offer_choice", "household_annual_income", "stated_credit_score", "age", "nonsense",
)  # fmt: skip
slots = st.sampled_from(SLOTS)
days = st.dates(date(1930, 1, 1), date(2025, 12, 31))


@st.composite
def aadhaars(draw: st.DrawFn) -> str:
    """Twelve digits with a right checksum."""
    body = draw(st.sampled_from("23456789")) + draw(st.text("0123456789", min_size=10, max_size=10))
    number = body + verhoeff_digit(body)
    return number if len(set(number)) > 1 else "999940000018"


@st.composite
def written(draw: st.DrawFn, number: str) -> str:
    """Digits in groups as people type them, in one script or another."""
    separators = st.sampled_from(["", " ", "-", ".", " - ", "  ", "/", "_", "·", "\u00a0", "–", "\n", "\t"])
    cuts = draw(st.sets(st.integers(1, len(number) - 1), max_size=5))
    separator = draw(separators)
    text = "".join((separator if at in cuts else "") + digit for at, digit in enumerate(number))
    zero = draw(st.sampled_from("0०٠０"))
    return "".join(chr(ord(zero) + int(sign)) if sign.isascii() and sign.isdigit() else sign for sign in text)
