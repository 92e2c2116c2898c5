"""What the window remembers from one run to the next, read so that no stored value can break it.

A settings file is edited by hand, written by other versions and cut by full disks. So every value
is checked when it is read, and one that makes no sense counts as one that was never stored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from app.theme import Choice
from codec.decoders import DECODERS

LAYOUT_VERSION = 5
"""To be raised when panels are added or renamed: an older layout is not restored then."""

RECENT_FILES = 12


class Settings:
    """Typed access to the stored values.

    Attributes:
        sessions_folder: where the sessions of files are kept, which are too large for a settings file: beside
            it, or with the data of the app where the settings are those of the user.
        benchmarks_folder: where the results of benchmarks are kept, beside the sessions.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Settings in the file at `path`; those of the user where it is None."""
        if path is None:
            ini, scope = QSettings.Format.IniFormat, QSettings.Scope.UserScope
            self._store = QSettings(ini, scope, "Ranscope", "ranscope")
        else:
            self._store = QSettings(str(path), QSettings.Format.IniFormat)
        folder = _app_data() if path is None else path.parent
        self.sessions_folder = folder / "sessions"
        self.benchmarks_folder = folder / "benchmarks"

    @property
    def theme(self) -> Choice:
        """Which colours the user chose."""
        stored = self._store.value("theme")
        return Choice(stored) if stored in list(Choice) else Choice.SYSTEM

    @theme.setter
    def theme(self, choice: Choice) -> None:
        self._store.setValue("theme", str(choice))

    @property
    def reload_unasked(self) -> bool:
        """Whether a file that changes on disk is reloaded without asking."""
        return str(self._store.value("reload_unasked")) == "yes"

    @reload_unasked.setter
    def reload_unasked(self, wanted: bool) -> None:
        self._store.setValue("reload_unasked", "yes" if wanted else "no")

    @property
    def shortcuts(self) -> dict[str, str]:
        """The keys that the user chose, by the command's name; whether they make sense is not checked."""
        try:
            stored = json.loads(str(self._store.value("shortcuts")))
        except (ValueError, RecursionError):
            return {}
        pairs = stored.items() if isinstance(stored, dict) else ()
        return {name: keys for name, keys in pairs if isinstance(keys, str)}

    @shortcuts.setter
    def shortcuts(self, changes: Mapping[str, str]) -> None:
        self._store.setValue("shortcuts", json.dumps(dict(changes)))

    @property
    def encode_again(self) -> dict[str, object]:
        """What stood in the form of "Encode again"; whether it makes sense is not checked."""
        try:
            stored = json.loads(str(self._store.value("encode_again")))
        except (ValueError, RecursionError):
            return {}
        return stored if isinstance(stored, dict) else {}

    @encode_again.setter
    def encode_again(self, form: Mapping[str, object]) -> None:
        self._store.setValue("encode_again", json.dumps(dict(form)))

    @property
    def benchmarks(self) -> dict[str, object]:
        """What stood in the form of "Benchmarks"; whether it makes sense is not checked."""
        try:
            stored = json.loads(str(self._store.value("benchmarks")))
        except (ValueError, RecursionError):
            return {}
        return stored if isinstance(stored, dict) else {}

    @benchmarks.setter
    def benchmarks(self, form: Mapping[str, object]) -> None:
        self._store.setValue("benchmarks", json.dumps(dict(form)))

    @property
    def toolbar(self) -> bool:
        """Whether the toolbar is shown."""
        return str(self._store.value("toolbar")) != "no"

    @toolbar.setter
    def toolbar(self, shown: bool) -> None:
        self._store.setValue("toolbar", "yes" if shown else "no")

    @property
    def decoder(self) -> str:
        """The decoder that the user chose; "" where none is stored, or one that there is no more."""
        stored = str(self._store.value("decoder"))
        return stored if stored in DECODERS else ""

    @decoder.setter
    def decoder(self, name: str) -> None:
        self._store.setValue("decoder", name)

    @property
    def recent(self) -> list[Path]:
        """Files opened before, the latest first, without those that are gone."""
        stored = self._store.value("recent")
        names = [stored] if isinstance(stored, str) else stored
        if not isinstance(names, list):
            return []
        paths = [Path(name) for name in names if isinstance(name, str) and name]
        return [path for path in paths if is_file(path)][:RECENT_FILES]

    @recent.setter
    def recent(self, paths: Sequence[Path]) -> None:
        self._store.setValue("recent", [str(path) for path in paths[:RECENT_FILES]])

    def add_recent(self, path: Path) -> None:
        """Puts a file at the top of those opened before."""
        self.recent = [path, *(other for other in self.recent if other != path)]

    @property
    def geometry(self) -> QByteArray:
        """Size and place of the window; empty where none is stored."""
        return self._bytes("geometry")

    @property
    def layout(self) -> QByteArray:
        """Where the panels are; empty where none is stored by this version."""
        return self._bytes(f"layout-{LAYOUT_VERSION}")

    def store_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        """Remembers the window's geometry and its panels' layout."""
        self._store.setValue("geometry", geometry)
        self._store.setValue(f"layout-{LAYOUT_VERSION}", layout)
        self._store.sync()

    def _bytes(self, key: str) -> QByteArray:
        stored = self._store.value(key)
        return stored if isinstance(stored, QByteArray) else QByteArray()


def _app_data() -> Path:
    place = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(place))


def is_file(path: Path) -> bool:
    """Whether a regular file lies at `path`; False, too, where that cannot be found out."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
