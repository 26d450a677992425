"""A folder with two versions of the credit policy: the packaged one, and one before it that lends less and dearer."""

from importlib import resources
from pathlib import Path

OLDER, NEWER = "2025.4.1", "2026.12.1"
CHANGES = {
    f'version = "{NEWER}"': f'version = "{OLDER}"',
    "effective_from = 2026-04-01": "effective_from = 2025-04-01",
    'max_amount = { value = 500000, source = "seed" }': 'max_amount = { value = 400000, source = "seed" }',
}


def two_versions(folder: Path) -> Path:
    name = f"PL-SALARIED-IN-{NEWER}.toml"
    newer = (resources.files("kb.policy") / name).read_text(encoding="utf-8")
    older = newer
    for before, after in CHANGES.items():
        assert older.count(before) == 1, before
        older = older.replace(before, after)
    (folder / name).write_bytes((resources.files("kb.policy") / name).read_bytes())
    (folder / f"PL-SALARIED-IN-{OLDER}.toml").write_text(older, encoding="utf-8")
    return folder
