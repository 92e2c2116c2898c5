"""What is remembered comes back; what makes no sense is as if it had never been stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from app.settings import RECENT_FILES, Settings
from app.theme import Choice


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings.ini"


def stored(path: Path, key: str, value: object) -> Settings:
    """Settings in a file that says something else than we would."""
    store = QSettings(str(path), QSettings.Format.IniFormat)
    store.setValue(key, value)
    store.sync()
    return Settings(path)


def test_nothing_stored(path):
    settings = Settings(path)
    assert settings.theme is Choice.SYSTEM
    assert settings.reload_unasked is False
    assert settings.decoder == ""
    assert settings.recent == []
    assert settings.geometry.isEmpty()
    assert settings.layout.isEmpty()


def test_what_is_stored_comes_back(path, tmp_path):
    file = tmp_path / "a.batched"
    file.touch()
    settings = Settings(path)
    settings.theme = Choice.DARK
    settings.reload_unasked = True
    settings.decoder = "reference"
    settings.add_recent(file)
    settings.store_window(QByteArray(b"geometry"), QByteArray(b"layout"))
    again = Settings(path)
    assert again.theme is Choice.DARK
    assert again.reload_unasked is True
    assert again.decoder == "reference"
    assert again.recent == [file]
    assert (again.geometry, again.layout) == (QByteArray(b"geometry"), QByteArray(b"layout"))


@pytest.mark.parametrize("value", ["", "purple", "7", ["dark", "light"], QByteArray(b"\xff\x00")])
def test_nonsense_counts_as_nothing(path, value):
    for key in ("theme", "reload_unasked", "recent", "geometry", "layout-1"):
        settings = stored(path, key, value)
        assert settings.theme is Choice.SYSTEM
        assert settings.reload_unasked is False
        assert settings.recent == []
        assert isinstance(settings.geometry, QByteArray)
        assert isinstance(settings.layout, QByteArray)


def test_a_file_that_is_no_settings_file_counts_as_nothing(path):
    path.write_bytes(bytes(range(256)) * 10)
    assert Settings(path).theme is Choice.SYSTEM


def test_recent_files_are_pruned_capped_and_never_twice(path, tmp_path):
    settings = Settings(path)
    files = [tmp_path / f"{number}.batched" for number in range(RECENT_FILES + 3)]
    for file in files:
        file.touch()
        settings.add_recent(file)
    settings.add_recent(files[-2])
    assert settings.recent[:2] == [files[-2], files[-1]]
    assert len(settings.recent) == RECENT_FILES
    files[-1].unlink()
    assert files[-1] not in settings.recent


def test_one_recent_file_comes_back(path, tmp_path):
    """An INI file stores a list of one as a plain string."""
    file = tmp_path / "only, one.batched"
    file.touch()
    Settings(path).recent = [file]
    assert Settings(path).recent == [file]


def test_recent_files_with_impossible_names_are_skipped(path):
    settings = stored(path, "recent", ["a\0b", "x" * 5000, ""])
    assert settings.recent == []
