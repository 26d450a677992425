"""The page's files by themselves: nothing from elsewhere, no markup made of data, colours that can be read."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

WEB = Path(str(files("server") / "web"))
FILES = sorted(path for path in WEB.rglob("*") if path.suffix in {".html", ".css", ".js", ".svg"})
ELSEWHERE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]", re.IGNORECASE)
UNSAFE = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc")
TEXT_ON_GROUND = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "raise"),
    ("ink", "gold-soft"),
    ("ink", "brand-soft"),
    ("ink-2", "paper"),
    ("ink-2", "surface"),
    ("ink-2", "raise"),
    ("gold", "gold-soft"),
    ("danger", "danger-soft"),
    ("ink-2", "gold-soft"),
    ("ink-2", "brand-soft"),
    ("brand", "raise"),
    ("brand", "surface"),
    ("gold", "surface"),
    ("danger", "surface"),
    ("paper", "ink"),
    ("paper", "danger"),
    ("on-brand", "brand"),
    ("on-mine", "mine"),
]
AA = 4.5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_names_no_other_host_and_makes_no_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not ELSEWHERE.findall(text)
    assert not UNSAFE.findall(text)


@pytest.mark.parametrize("name", ["index.html", "hedge-fund-guy.html", "verify.html", "officer.html"])
def test_a_page_has_no_inline_script_or_style(name: str) -> None:
    page = (WEB / name).read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert all(" src=" in script for script in re.findall(r"<script[^>]*>", page))
    named = re.findall(r'(?:href|src)="/web/([^"]+)"', page)
    assert named
    assert all((WEB / name).is_file() for name in named)


@pytest.mark.parametrize("scheme", ["light", "dark", "night"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = colours_of(scheme)
    assert contrast(colours[text], colours[ground]) >= AA


def test_the_second_page_has_every_colour_that_the_shared_parts_name() -> None:
    shared = ("base", "chat", "composer", "hedge-fund-guy", "hedge-fund-guy-file")
    named = {
        name for part in shared for name in re.findall(r"var\(--([a-z0-9-]+)", (WEB / f"css/{part}.css").read_text())
    }
    tokens = (WEB / "css" / "hedge-fund-guy-tokens.css").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"--([a-z0-9-]+):", tokens))


def colours_of(scheme: str) -> dict[str, str]:
    if scheme == "night":
        tokens = (WEB / "css" / "hedge-fund-guy-tokens.css").read_text(encoding="utf-8")
    else:
        light, dark = (WEB / "css" / "tokens.css").read_text(encoding="utf-8").split("@media")
        tokens = light if scheme == "light" else dark
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", tokens))


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#rrggbb` colours, as WCAG 2 defines it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
