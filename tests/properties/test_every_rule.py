"""Every rule and every reason of the policy, reached by `esoteric decide`, under both profiles."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kb.policy import load_policy
from tests.command import command_here
from tests.driver import customers

PROFILES = ("default", "challenge_strict")
FITS = {"net_pay": 85_000, "name_match": "match", "age_days": 10}
OTHER_NAME, SHORT = FITS | {"name_match": "mismatch"}, FITS | {"net_pay": 60_000}
Json = dict[str, Any]


def case(override: Json | None = None, amount: int = 300_000, months: int = 36, **request: Any) -> Json:
    """C01, who is approved, with something changed."""
    asked = {"amount": amount, "months": months, "consent": True, "salary_slip": None} | request
    return {"customer": customers()["C01"], "override": override or {}, "request": asked, "as_of": "2026-12-01"}


CASES: dict[str, Json] = {
    "G-01": case(consent=False),
    "G-02": case({"kyc": {"phone_ok": False}}),
    "G-03": case({"list_hit": True}),
    "E-01": case({"dob": "2006-01-01"}),
    "E-02": case({"dob": "1965-01-01"}),
    "E-03": case({"citizenship": "NP"}),
    "E-04": case({"employment": "self_employed"}),
    "E-05": case({"net_income_on_file": 24_999}),
    "B-01": case({"score": 599}),
    "B-02": case({"bureau": {"months_since_60dpd": 12}}),
    "B-03": case({"bureau": {"months_since_writeoff_or_settled": 24}}),
    "B-04": case({"score": 699}),
    "M-01": case({"score": None}),
    "M-02": case({"score": 649}),
    "M-03": case({"bureau": {"months_since_30dpd": 12}}),
    "M-04": case({"bureau": {"enquiries_90d": 6}}),
    "M-05": case({"applications_30d": 3}),
    "M-06": case({"pans_same_phone": 2}),
    "M-07": case({"months_current_employer": 5}),
    "M-08": case(salary_slip=OTHER_NAME),
    "M-09": case(salary_slip=SHORT),
    "M-10": case({"household_annual_income": 300_000}),
    "L-01": case(amount=49_999),
    "L-02": case(months=61),
    "L-03": case({"kyc": {"mode": "otp_ekyc"}}),
    "L-04": case(amount=500_001),
    "L-05": case({"offer": {"limit": 100_000}}, salary_slip=FITS),
    "L-06": case({"offer": None, "score": 664}, salary_slip=FITS),
    "D-01": case({"offer": {"limit": 200_000}}),
    "A-01": case({"existing_emi": 40_000}),
    "A-02": case(
        {"offer": {"limit": 200_000}, "existing_emi": 0}, 400_000, 12, salary_slip=FITS | {"net_pay": 64_000}
    ),
    "A-03": case({"dob": "1968-01-01"}),
    "OK-1": case(),
    "OK-2": case({"offer": {"limit": 200_000}}, salary_slip=FITS),
}  # fmt: skip
# Behind another rule of the strict profile: every score that it would send to a person was declined before it.
NEVER = {("challenge_strict", "M-02")}


@cache
def decided(folder: Path, rule: str, profile: str) -> Json:
    file = folder / f"{rule}-{profile}.json"
    file.write_text(json.dumps(CASES[rule] | {"profile": profile}), encoding="utf-8")
    done = command_here(folder, "decide", str(file))
    assert done.exit_code == 0, done.output
    result: Json = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("profile", PROFILES)
def test_every_rule_is_reached(tmp_path: Path, profile: str) -> None:
    policy = load_policy(profile)
    rules = {rule.id: rule for rule in policy.rules}
    reached, reasons = set(), set()
    for name, rule in rules.items():
        result = decided(tmp_path, name, profile)
        entry = next((entry for entry in result["trace"] if entry["rule"] == name), None)
        if not rule.enabled:
            assert entry is None or (entry["result"], name in result["reasons"]) == ("off", False)
            continue
        if (profile, name) in NEVER:
            continue
        assert entry is not None and entry["result"] == "hit", (name, result["reasons"])
        assert entry.keys() == {"rule", "value", "threshold", "result"}
        assert rule.reason in result["reasons"], (name, result["reasons"])
        reached.add(name)
        reasons.add(rule.reason)
    on = {name for name, rule in rules.items() if rule.enabled}
    never = {name for where, name in NEVER if where == profile}
    assert reached == on - never
    print(f"{profile}: {len(reached)}/{len(on)} rules, {len(reasons)} reasons")


@pytest.mark.parametrize("profile", PROFILES)
def test_the_first_stage_with_findings_ends_it_and_tells_all_of_them(tmp_path: Path, profile: str) -> None:
    """Two findings in one stage are both told; one of a later stage is not even looked for."""
    policy = load_policy(profile)
    stage_of = {rule.id: rule.stage for rule in policy.rules}
    enabled = {rule.id for rule in policy.rules if rule.enabled}
    for name in CASES.keys() & enabled:
        result = decided(tmp_path, name, profile)
        hits = [entry["rule"] for entry in result["trace"] if entry["result"] == "hit"]
        assert hits
        stages = {stage_of[hit] for hit in hits}
        assert len(stages) == 1 or stages <= {8, 9}, (name, hits)
        looked_at = {entry["rule"] for entry in result["trace"]}
        first = min(stages)
        assert {rule for rule, stage in stage_of.items() if stage <= first} <= looked_at
        if first < 8:
            assert not {rule for rule, stage in stage_of.items() if stage > first} & looked_at
    both = case({"bureau": {"months_since_60dpd": 1, "months_since_writeoff_or_settled": 1}, "applications_30d": 9})
    file = tmp_path / "both.json"
    file.write_text(json.dumps(both | {"profile": profile}), encoding="utf-8")
    result = json.loads(command_here(tmp_path, "decide", str(file)).stdout)
    assert (result["decision"], result["reasons"]) == ("DECLINE", ["R-DPD60", "R-WRITEOFF"])
