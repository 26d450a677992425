"""The credit policy as data: one TOML file a version, chosen by the date on which it is in force."""

from kb.policy.book import PolicyBook
from kb.policy.load import PolicyError, load_policy, profiles
from kb.policy.model import FoirBand, Outcome, Policy, ReasonTexts, Rule, ScoreBand

__all__ = [
    "FoirBand",
    "Outcome",
    "Policy",
    "PolicyBook",
    "PolicyError",
    "ReasonTexts",
    "Rule",
    "ScoreBand",
    "load_policy",
    "profiles",
]
