"""No package below the version that repaired what is known of it, and the lock says the same as what is installed."""

from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.version import Version

from tests.supply_chain.packages import DATA_ONLY, lock, locked_here, runtime

# Package, lowest version, what was repaired below it.
FLOORS = {
    "langgraph-checkpoint": ("4.3.2", "CVE-2025-64439, CVE-2026-27794, CVE-2026-48775, GHSA-fjqc-hq36-qh5p"),
    "langgraph": ("1.0.10", "CVE-2026-28277; the strict serializer is on besides"),
    "langgraph-checkpoint-sqlite": ("3.0.1", "CVE-2025-67644, CVE-2025-8709"),
    "langgraph-sdk": ("0.3.15", "CVE-2026-48776"),
    "langchain-core": ("1.2.5", "CVE-2025-68664, CVE-2025-65106, CVE-2026-34070"),
    "langchain-openai": ("1.1.14", "CVE-2026-26013, CVE-2026-41488"),
    "langsmith": ("0.8.18", "CVE-2026-25528, CVE-2026-41182, CVE-2026-45134, GHSA-f4xh-w4cj-qxq8"),
    "starlette": ("1.3.0", "CVE-2024-47874, CVE-2025-54121, CVE-2025-62727, CVE-2026-48710, CVE-2026-54282"),
    "python-multipart": ("0.0.34", "CVE-2024-24762, CVE-2024-53981, CVE-2026-42561, CVE-2026-53540"),
    "h11": ("0.16.0", "CVE-2025-43859"),
    "pyjwt": ("2.13.0", "CVE-2022-29217, CVE-2024-53861, CVE-2026-32597, CVE-2026-48523, -48524, -48525"),
    "chromadb": ("1.5.9", "CVE-2026-45829 in its server, which is not run here"),
    "pypdf": ("7.1.0", "CVE-2026-84310, -84311 and those before; read in a confined child besides"),
    "redis": ("4.5.5", "CVE-2023-28858, CVE-2023-28859"),
    "reportlab": ("3.6.13", "CVE-2023-33733"),
}
# Packages with advisories that this service has no use for.
ABSENT = (
    "langgraph-checkpoint-redis",
    "weasyprint",
    "python-jose",
    "torch",
    "sentence-transformers",
)


@pytest.mark.parametrize("name", FLOORS)
def test_no_known_hole(name: str) -> None:
    lowest, repaired = FLOORS[name]
    assert Version(version(name)) >= Version(lowest), repaired
    assert {entry.name for entry in lock() if entry.name == name} == {name}
    assert all(Version(entry.version) >= Version(lowest) for entry in lock() if entry.name == name), repaired


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_not_needed_is_not_there(name: str) -> None:
    assert name not in locked_here()
    with pytest.raises(PackageNotFoundError):
        version(name)


def test_what_runs_is_what_is_locked() -> None:
    runs = {name: package.version for name, package in runtime().items() if name != "esoteric"}
    assert len(runs) > 100
    assert runs == {name: locked_here()[name].version for name in runs}


def test_everything_is_locked_with_its_hashes() -> None:
    assert [entry.name for entry in lock() if not entry.hashes] == []
    assert all(len(digest) == 64 for entry in lock() for digest in entry.hashes)
    assert DATA_ONLY in locked_here()
