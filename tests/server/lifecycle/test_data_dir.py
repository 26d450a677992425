"""One process a data directory."""

import os
from pathlib import Path

import pytest

from server.lifecycle.data_dir import DataDirTaken, holding


def test_a_second_holder_is_refused_and_the_next_one_is_not(tmp_path: Path) -> None:
    with holding(tmp_path / "var"), pytest.raises(DataDirTaken, match="DATA_DIR"), holding(tmp_path / "var"):
        pytest.fail("two held the directory")
    with holding(tmp_path / "var"):
        assert (tmp_path / "var" / "lock").exists()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirTaken, match="cannot be written"), holding(tmp_path / "file" / "var"):
        os.abort()
