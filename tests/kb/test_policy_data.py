"""The packaged credit policy, how a version is chosen, and what a malformed file is told."""

import json
import re
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from kb.policy import Policy, PolicyError, load_policy, profiles

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "policy_cases.json").read_text(encoding="utf-8")
)
NAME = "PL-SALARIED-IN-2026.12.1.toml"
TEXT = (resources.files("kb.policy") / NAME).read_text(encoding="utf-8")
DEVANAGARI = re.compile(r"[\u0900-\u097f]")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("default", on=date(2026, 12, 1))


def in_directory(directory: Path, text: str, name: str = NAME) -> Path:
    (directory / name).write_text(text, encoding="utf-8")
    return directory


def test_thresholds_are_the_agreed_ones(policy: Policy) -> None:
    agreed = VECTORS["policy"]
    ours = {
        "product": policy.product.model_dump(exclude={"employment"}),
        "applicant": policy.applicant.model_dump(),
        "fees": policy.fees.model_dump(),
        "periods": policy.periods.model_dump(),
    }
    renamed = {"auto_max_age_at_maturity": "max_age_at_maturity"}
    for section, values in ours.items():
        for key, entry in agreed[section].items():
            if key in ("stamp_duty", "employment"):
                continue
            value, wanted = values[renamed.get(key, key)], entry["value"]
            assert value == (Decimal(wanted) if isinstance(value, Decimal) else wanted), key
            assert policy.sources[f"{section}.{renamed.get(key, key)}"] == entry["src"].split()[0].rstrip(";")
    assert policy.offer.multiple == agreed["offer_multiple"]["value"]
    assert policy.affordability.new_emi_cap_pct == agreed["new_emi_cap_pct_of_net_salary"]["value"]
    assert policy.challenge.min_score == agreed["challenge_min_score"]["value"]
    assert policy.microfinance.household_income_max == agreed["microfinance_household_income_max"]["value"]
    assert policy.kyc.otp_ekyc_annual_cap == agreed["kyc"]["otp_ekyc_annual_cap"]["value"]
    assert (policy.policy_id, policy.version) == (agreed["policy_id"], agreed["version"])
    assert policy.effective_from.isoformat() == agreed["effective_from"]


def test_bands_are_the_agreed_ones(policy: Policy) -> None:
    for band, agreed in zip(policy.score_bands, VECTORS["policy"]["score_bands"], strict=True):
        rate = None if agreed["rate_pct"] is None else Decimal(agreed["rate_pct"])
        assert (band.id, band.min, band.max, band.rate_pct) == (agreed["id"], agreed["min"], agreed["max"], rate)
        assert band.outcome == agreed.get("outcome", "APPROVE")
        assert (band.cap_without_offer, band.offer_track) == (agreed["cap_without_offer"], agreed["offer_track"])
    for foir, agreed in zip(policy.foir_bands, VECTORS["policy"]["foir_bands"], strict=True):
        assert (foir.id, foir.min_income, foir.cap_pct) == (agreed["id"], agreed["min_income"], agreed["cap_pct"])


def test_rules_and_reasons_are_the_agreed_ones(policy: Policy) -> None:
    ours = [(rule.id, rule.stage, rule.reason) for rule in policy.rules]
    assert ours == [(rule["id"], rule["stage"], rule["reason"]) for rule in VECTORS["rules"]]
    assert policy.reasons.keys() == VECTORS["reasons"].keys()


def test_every_score_has_one_band(policy: Policy) -> None:
    for score in range(300, 901):
        assert sum(b.min is not None and b.max is not None and b.min <= score <= b.max for b in policy.score_bands) == 1
        assert policy.band_for(score).id != "SB-NTC"
    assert policy.band_for(None).id == "SB-NTC"
    for score in (299, 901):
        with pytest.raises(ValueError, match="score must be 300 to 900"):
            policy.band_for(score)


def test_income_bands_meet(policy: Policy) -> None:
    edges = [(24_999, None), (25_000, 45), (39_999, 45), (40_000, 50), (74_999, 50), (75_000, 55), (10**7, 55)]
    for income, cap in edges:
        assert policy.foir_cap_pct(income) == cap
    assert policy.foir_cap_pct(Decimal("39999.99")) == 45


def test_profiles_differ_only_in_data(policy: Policy) -> None:
    strict = load_policy("challenge_strict", on=date(2026, 12, 1))
    assert profiles() == ("challenge_strict", "default")
    assert strict.offer.no_live_offer_is_zero_limit
    assert not policy.offer.no_live_offer_is_zero_limit
    changed = {
        old.id: (new.enabled, new.outcome)
        for old, new in zip(policy.rules, strict.rules, strict=True)
        if (old.enabled, old.outcome) != (new.enabled, new.outcome)
    }
    assert changed == {
        "B-04": (True, "DECLINE"),
        "L-05": (True, "DECLINE"),
        "L-06": (False, "COUNTER_OFFER"),
        "A-01": (False, "COUNTER_OFFER"),
        "A-02": (True, "DECLINE"),
        "A-03": (False, "COUNTER_OFFER"),
    }
    assert strict.score_bands == policy.score_bands
    assert strict.sources["affordability.within_offer"] == "challenge"


def test_reasons_speak_english_and_hindi(policy: Policy) -> None:
    for code, texts in policy.reasons.items():
        assert DEVANAGARI.search(texts.hi), code
        assert not DEVANAGARI.search(texts.en), code
        assert (texts.helps_en is None) == (texts.helps_hi is None), code
        assert not re.search(r"\d", re.sub(r"\{[^}]*\}|\b(60|30|90)\b", "", texts.en)), f"{code} hard-codes a threshold"


def test_reasons_speak_hinglish_with_the_same_thresholds(policy: Policy) -> None:
    for code, texts in policy.reasons.items():
        for english, theirs in ((texts.en, texts.hinglish), (texts.helps_en, texts.helps_hinglish)):
            assert (english is None) == (theirs is None), code
            assert theirs is None or re.findall(r"\{[^}]*\}", theirs) == re.findall(r"\{[^}]*\}", english or ""), code
            assert theirs is None or not DEVANAGARI.search(theirs), code


def test_version_in_force(tmp_path: Path) -> None:
    in_directory(tmp_path, TEXT)
    newer = TEXT.replace('version = "2026.12.1"', 'version = "2027.1.1"').replace("2026-04-01", "2027-01-01")
    in_directory(tmp_path, newer.replace('"2.00"', '"1.50"'), "PL-SALARIED-IN-2027.1.1.toml")
    versions = {
        day: load_policy("default", on=date.fromisoformat(day), directory=tmp_path).version
        for day in ("2026-04-01", "2026-12-31", "2027-01-01", "2030-01-01")
    }
    assert versions == {
        "2026-04-01": "2026.12.1",
        "2026-12-31": "2026.12.1",
        "2027-01-01": "2027.1.1",
        "2030-01-01": "2027.1.1",
    }
    assert load_policy("default", directory=tmp_path).fees.processing_fee_pct == Decimal("1.50")
    old = load_policy("default", version="2026.12.1", directory=tmp_path)
    assert old.fees.processing_fee_pct == Decimal("2.00")
    with pytest.raises(PolicyError, match="in force"):
        load_policy("default", on=date(2026, 3, 31), directory=tmp_path)
    with pytest.raises(PolicyError, match="in force"):
        load_policy("default", on=date(2026, 12, 1), version="2027.1.1", directory=tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("min_age = { value = 21,", 'min_age = { value = "21",', "applicant.min_age"),
        ("min_age = { value = 21,", "min_age = { value = true,", "applicant.min_age"),
        ('min_age = { value = 21, source = "seed" }', "", "applicant.min_age"),
        ('min_age = { value = 21, source = "seed" }', "min_age = 21", "applicant.min_age: needs a value and a source"),
        ("min_age = {", 'minimum_age = { value = 21, source = "seed" }\nmin_age = {', "applicant.minimum_age"),
        ('source = "seed", note = "net', 'source = "hearsay", note = "net', "applicant.min_net_monthly_income: source"),
        ('rate_pct = "10.00"', "rate_pct = 10.00", "score_bands.SB-1.rate_pct: must be a number in quotes"),
        ('rate_pct = "10.00"', 'rate_pct = "ten"', "score_bands.SB-1.rate_pct: must be a number in quotes"),
        ('rate_pct = "10.00"', 'rate_pct = "NaN"', "score_bands.SB-1.rate_pct: must be a finite"),
        ('rate_pct = "10.00"', 'rate_pct = "9.00"', "score_bands: rate_pct of SB-1"),
        ('rate_pct = "10.00"\n', "", "score_bands: SB-1 has no rate_pct"),
        ("max = 799", "max = 798", "score_bands: SB-1 leaves a gap"),
        ("max = 799", "max = 800", "score_bands: SB-1 leaves a gap or overlaps"),
        ("max = 900", "max = 899", "score_bands: must reach 900"),
        ("min = 800\nmax = 900\n", "", "score_bands: exactly one"),
        ("min_income = 75000", "min_income = 40000", "foir_bands: min_income"),
        ("min_income = 25000", "min_income = 26000", "foir_bands: the first"),
        ("stage = 1\n", "stage = 11\n", "rules.G-01.stage"),
        ("stage = 1\n", "stage = 3\n", "rules: stages must not go back"),
        ('otherwise = "MANUAL_REVIEW"\n', "", "rules.A-03: otherwise"),
        ('reason = "R-FOIR"', 'reason = "R-FOO"', "rules: A-01 names an unknown reason"),
        ("{product.min_months} to", "{product.least_months} to", "reasons.R-TENURE-RANGE.en"),
        ("{product.min_months} to", "{product.min_months to", "reasons.R-TENURE-RANGE.en"),
        ("effective_from = 2026-04-01", 'effective_from = "soon"', "effective_from: must be a date"),
        ("max_months = { value = 60", "max_months = { value = 6", "product: min_months is above max_months"),
        ("value = 500000", "value = 500001", "product: min_amount and max_amount must be multiples"),
        ('version = "2026.12.1"', 'version = "2026.12.2"', "version: the file should be called"),
        ("[product]", "[product", "not valid TOML"),
        ("[profiles.default]", "[profiles.kind]", "profiles.default"),
    ],
)
def test_a_malformed_file_is_told_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in TEXT
    directory = in_directory(tmp_path, TEXT.replace(old, new, 1))
    with pytest.raises(PolicyError) as caught:
        load_policy("default", directory=directory)
    assert NAME in str(caught.value)
    assert key in str(caught.value)
    assert "\n" not in str(caught.value)
