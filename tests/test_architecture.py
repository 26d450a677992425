"""The floors: server → graph → agents → tools → kb. Nothing imports upwards, no agent imports another."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["server", "graph", "agents", "tools", "kb"]
AGENTS = {"sales", "kyc", "underwriting", "sanction"}
PERSONA = {f"hedge_fund_guy.{node}" for node in ("lead", "knowledge", "delivery", "persona")}
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def imported_modules(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the floor"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_downwards(path: Path) -> None:
    floor = FLOORS.index(path.relative_to(ROOT).parts[0])
    upwards = {name for name in imported_modules(path) if name.split(".")[0] in FLOORS[:floor]}
    assert not upwards


@pytest.mark.parametrize("agent", sorted(AGENTS | PERSONA))
def test_agents_do_not_know_each_other(agent: str) -> None:
    others = {f"agents.{other}" for other in (AGENTS | PERSONA) - {agent}}
    assert not imported_modules(ROOT / "agents" / f"{agent.replace('.', '/')}.py") & others


def test_assistants_do_not_know_each_other() -> None:
    """What both need is in neither: nothing of the hedge fund guy's is imported outside of his own files."""
    own = sorted((ROOT / "agents" / "hedge_fund_guy").rglob("*.py"))
    for path in (ROOT / "agents").rglob("*.py"):
        imported = {name for name in imported_modules(path) if name.startswith("agents.hedge_fund_guy")}
        assert path in own or not imported, path
    loans = {"agents.context", "agents.agenda", "agents.application", "agents.turn", "agents.embedded"}
    for path in own:
        assert not imported_modules(path) & loans, path


def test_the_check_sees_an_upward_import(tmp_path: Path) -> None:
    offender = tmp_path / "offender.py"
    offender.write_text("from server.app import create_app\n")
    assert "server.app" in imported_modules(offender)
