"""One process a data directory."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from server.lifecycle.data_dir import DataDirTaken, holding


def test_a_second_holder_is_refused_and_the_next_one_is_not(tmp_path: Path) -> None:
    with holding(tmp_path / "var"), pytest.raises(DataDirTaken, match="DATA_DIR"), holding(tmp_path / "var"):
        pytest.fail("two held the directory")
    with holding(tmp_path / "var"):
        assert (tmp_path / "var" / "lock").exists()


def test_a_start_right_behind_the_end_of_another(tmp_path: Path) -> None:
    """What a killed process had just begun to start may hold its lock a moment longer."""
    with (tmp_path / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        release = threading.Timer(0.1, held.close)
        release.start()
        with holding(tmp_path):
            release.join()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataDirTaken, match="cannot be written"), holding(tmp_path / "file" / "var"):
        os.abort()
