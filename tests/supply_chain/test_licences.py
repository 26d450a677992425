"""Every package that runs with the service may be used in a product that is sold."""

import re
from importlib.metadata import Distribution

import pytest

from tests.supply_chain.packages import runtime

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CNRI-Python",  # what came out of Python itself
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",  # by the file; these packages are used unchanged
    "PSF-2.0",
    "Unlicense",
    "Zlib",
}
# Loaded as they are and replaceable, which the licence asks for; only with the extra `postgres`.
UNCHANGED_LIBRARIES = {"psycopg", "psycopg-binary", "psycopg-pool"}
# What packages write that have no SPDX expression, by their classifier or free text.
WRITTEN = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "MIT License, Apache License, Version 2.0": "MIT OR Apache-2.0",
}


def licence_of(package: Distribution) -> str:
    """An SPDX expression: as declared, else by the classifiers, else by the text."""
    declared = package.metadata.get("License-Expression")
    if declared:
        return str(declared)
    classifiers = [
        line.split(" :: ")[-1]
        for line in package.metadata.get_all("Classifier") or []
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    if classifiers:
        return " OR ".join(WRITTEN.get(name, name) for name in classifiers)
    text, *_ = str(package.metadata.get("License") or "none").splitlines()  # a whole licence begins with its name
    return WRITTEN.get(text, text)


def is_allowed(expression: str, allowed: set[str]) -> bool:
    """Every part joined by AND has a choice that is allowed. Parentheses stand around choices only."""
    parts = re.split(r" AND (?![^(]*\))", expression)
    return all(any(name.strip() in allowed for name in part.strip("() ").split(" OR ")) for part in parts)


@pytest.mark.parametrize("name", sorted(runtime()))
def test_licence(name: str) -> None:
    extra = {"LGPL-3.0-only"} if name in UNCHANGED_LIBRARIES else set()
    expression = licence_of(runtime()[name])
    assert is_allowed(expression, ALLOWED | extra), expression


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR AGPL-3.0-only)", False),
        ("none", False),
        ("BUSL-1.1", False),
    ],
)
def test_the_reading_of_expressions(expression: str, allowed: bool) -> None:
    assert is_allowed(expression, ALLOWED) is allowed
