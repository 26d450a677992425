"""A copy of the packaged credit policy with thresholds changed in its file, and nothing else."""

import re
from datetime import date
from importlib import resources
from pathlib import Path

from kb.policy import Policy, load_policy

NAME = "PL-SALARIED-IN-2026.12.1.toml"
AS_OF = date(2026, 12, 1)


def packaged_text() -> str:
    return (resources.files("kb.policy") / NAME).read_text(encoding="utf-8")


def changed_policy(folder: Path, changes: dict[str, str], profile: str = "default") -> Policy:
    """`changes` are by `section.key`, or `score_bands.SB-1.key`; values as TOML writes them."""
    text = packaged_text()
    for place, value in changes.items():
        text = _changed(text, place, value)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_text(text, encoding="utf-8")
    return load_policy(profile, on=AS_OF, directory=folder)


def _changed(text: str, place: str, value: str) -> str:
    *section, key = place.split(".")
    if section[0] in {"score_bands", "foir_bands"}:
        start = text.index(f'id = "{section[1]}"')
    elif section[0] == "rules":
        start = text.index(f"[rules.{section[1]}]\n")
    else:
        start = text.index(f"\n[{section[0]}]\n") + 1
    end = min((at for at in (text.find("\n[", start + 1), len(text)) if at > 0), default=len(text))
    head, body, tail = text[:start], text[start:end], text[end:]
    if section[0] in {"score_bands", "foir_bands", "rules"}:
        new, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", body, count=1)
        if not count:
            new, count = f"{body.rstrip()}\n{key} = {value}\n", 1
    else:
        new, count = re.subn(
            rf"(?m)^({key} = \{{ value = )(\[[^\]]*\]|[^,}}]+?)(, | \}})", rf"\g<1>{value}\g<3>", body, count=1
        )
    assert count == 1, place
    return head + new + tail
