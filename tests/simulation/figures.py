"""Amounts, terms and dates as people type them, in three languages."""

import random
from datetime import date
from typing import Literal

from tools.rupees import grouped

Language = Literal["en", "hinglish", "hi"]

_HALVES: dict[Language, dict[int, str]] = {
    "en": {
        100_000: "one lakh",
        150_000: "one and a half lakh",
        200_000: "two lakh",
        250_000: "two and a half lakh",
        300_000: "three lakh",
        400_000: "four lakh",
        500_000: "five lakh",
        50_000: "fifty thousand",
        60_000: "sixty thousand",
        80_000: "eighty thousand",
    },
    "hinglish": {
        50_000: "pachas hazaar",
        60_000: "saath hazaar",
        80_000: "assi hazaar",
        100_000: "ek lakh",
        125_000: "sava lakh",
        150_000: "dedh lakh",
        200_000: "do lakh",
        250_000: "dhai lakh",
        300_000: "teen lakh",
        350_000: "saadhe teen lakh",
        400_000: "chaar lakh",
        450_000: "saadhe chaar lakh",
        500_000: "paanch lakh",
    },
    "hi": {
        50_000: "पचास हज़ार",
        100_000: "एक लाख",
        150_000: "डेढ़ लाख",
        200_000: "दो लाख",
        250_000: "ढाई लाख",
        300_000: "तीन लाख",
        350_000: "साढ़े तीन लाख",
        400_000: "चार लाख",
        500_000: "पाँच लाख",
    },
}
_LAKH = {"en": "lakh", "hinglish": "lakh", "hi": "लाख"}
_THOUSAND = {"en": "thousand", "hinglish": "hazaar", "hi": "हज़ार"}
_YEARS = {
    "en": {1: "one year", 2: "two years", 3: "three years", 4: "four years", 5: "five years"},
    "hinglish": {1: "ek saal", 2: "do saal", 3: "teen saal", 4: "chaar saal", 5: "paanch saal"},
    "hi": {1: "एक साल", 2: "दो साल", 3: "तीन साल", 4: "चार साल", 5: "पाँच साल"},
}
_ODD_MONTHS = {"hinglish": {18: "dedh saal", 30: "dhai saal"}, "hi": {18: "डेढ़ साल", 30: "ढाई साल"}, "en": {}}
_MONTHS_HI = (
    "जनवरी", "फरवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर",
)  # fmt: skip
_DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


def sum_of(rupees: int, language: Language, rng: random.Random) -> str:
    """An amount, as one of the ways it is written; any of them means exactly `rupees`."""
    forms = [f"₹{grouped(rupees)}", f"Rs. {grouped(rupees)}/-", str(rupees), f"{grouped(rupees)} rupees"]
    if rupees >= 100_000 and rupees % 1000 == 0:
        lakhs = f"{rupees / 100_000:g}"
        forms += [f"{lakhs} {_LAKH[language]}"] * 2
        if language != "hi":
            forms += [f"{lakhs}L", f"{lakhs} lac"]
        whole, rest = divmod(rupees, 100_000)
        if rest:
            forms.append(f"{whole} {_LAKH[language]} {rest // 1000} {_THOUSAND[language]}")
    elif rupees % 1000 == 0:
        forms += [f"{rupees // 1000} {_THOUSAND[language]}", f"{rupees // 1000}k"]
    if words := _HALVES[language].get(rupees):
        forms += [words] * 4
    if language == "hi":
        forms = [*forms, *(form.translate(_DEVANAGARI) for form in forms[:3])]
        forms = [form for form in forms if not form.endswith("rupees")]
    return rng.choice(forms)


def term_of(months: int, language: Language, rng: random.Random) -> str:
    """A tenure in months or years."""
    month_word = {"en": "months", "hinglish": "mahine", "hi": "महीने"}[language]
    forms = [f"{months} {month_word}"] * 2
    if language == "hi":
        forms.append(f"{months} {month_word}".translate(_DEVANAGARI))
    years, rest = divmod(months, 12)
    year_word = {"en": "years" if years > 1 else "year", "hinglish": "saal", "hi": "साल"}[language]
    if rest == 0:
        forms += [f"{years} {year_word}", _YEARS[language][years]]
    elif rest == 6:
        forms.append(f"{years}.5 {year_word if language != 'en' else 'years'}")
    if odd := _ODD_MONTHS[language].get(months):
        forms += [odd, odd]
    return rng.choice(forms)


def day_of(day: date, language: Language, rng: random.Random) -> str:
    """A date, day first, or with the month in words."""
    forms = [f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}", f"{day.day} {day:%B %Y}", day.isoformat()]
    if language == "hi":
        forms += [f"{day.day} {_MONTHS_HI[day.month - 1]} {day.year}"] * 3
    else:
        forms += [
            f"{day.day} {day:%b} {day.year}",
            f"{_ordinal(day.day)} {day:%B} {day.year}",
            f"{day:%B} {day.day}, {day.year}",
        ]
    return rng.choice(forms)


def mobile_of(phone: str, rng: random.Random) -> str:
    """`phone` is +91 and ten digits."""
    ten = phone.removeprefix("+91")
    return rng.choice((ten, f"+91 {ten}", f"+91-{ten[:5]}-{ten[5:]}", f"{ten[:5]} {ten[5:]}", f"0{ten}"))


def _ordinal(day: int) -> str:
    ending = "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
