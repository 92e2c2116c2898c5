"""Tells when an open file changes on disk, once, after whoever writes it has paused.

A codec's author rewrites one file again and again: truncated and written anew, or replaced by a
rename, perhaps with a moment in which it does not exist. The system's notices only say where to
look; what counts is whether the file at the path is another than the one last seen.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal, Slot

SETTLED_MS = 300
"""A file counts as written when nothing has happened to it for this long."""

Identity = tuple[int, int, int, int] | None


class FileWatcher(QObject):
    """Watches files, and the folders that they lie in."""

    changed = Signal(str)
    """Carries the path of a file that is another now, or gone."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: dict[str, Identity] = {}
        self._watcher: QFileSystemWatcher | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SETTLED_MS)
        self._pause.timeout.connect(self._look)

    @property
    def watched(self) -> tuple[Path, ...]:
        """The files that are watched."""
        return tuple(Path(path) for path in self._seen)

    def watch(self, path: Path) -> None:
        """Watches the file at `path`, as it is now."""
        self._seen[str(path)] = _identity(path)
        self._watch_also(_places_of(path))

    def forget(self, path: Path) -> None:
        """Watches the file at `path` no longer."""
        self._seen.pop(str(path), None)
        folders = {str(Path(other).parent) for other in self._seen}
        gone = [str(path), *({str(path.parent)} - folders)]
        watcher = self._system_watcher()
        if stale := set(gone) & {*watcher.files(), *watcher.directories()}:
            watcher.removePaths(sorted(stale))

    def close(self) -> None:
        """Watches nothing any more; no signal follows.

        The system's watcher must go here and now: its notifier must not be destroyed in another thread, as it
        would be where Python collects garbage there.
        """
        self._seen.clear()
        self._pause.stop()
        if self._watcher is not None:
            self._watcher.setParent(None)
            self._watcher = None

    def _watch_places(self) -> None:
        """Has the system watch what must be watched, and no more."""
        watcher = self._system_watcher()
        wanted = {place for path in self._seen for place in _places_of(Path(path))}
        if stale := {*watcher.files(), *watcher.directories()} - wanted:
            watcher.removePaths(sorted(stale))
        self._watch_also(wanted)

    def _watch_also(self, places: set[str]) -> None:
        """Has the system watch these, too; a file that was replaced is watched no longer."""
        watcher = self._system_watcher()
        if fresh := places - {*watcher.files(), *watcher.directories()}:
            watcher.addPaths(sorted(fresh))

    def _system_watcher(self) -> QFileSystemWatcher:
        """The system's watcher, made when there is something to watch."""
        if self._watcher is None:
            self._watcher = QFileSystemWatcher(self)
            self._watcher.fileChanged.connect(self._on_notice)
            self._watcher.directoryChanged.connect(self._on_notice)
        return self._watcher

    @Slot()
    def _on_notice(self) -> None:
        self._pause.start()

    @Slot()
    def _look(self) -> None:
        changed = [path for path, seen in self._seen.items() if _identity(Path(path)) != seen]
        for path in changed:
            self._seen[path] = _identity(Path(path))
        self._watch_places()
        for path in changed:
            self.changed.emit(path)


def _places_of(path: Path) -> set[str]:
    """What of a file and its folder exists."""
    return {str(place) for place in (path, path.parent) if place.exists()}


def _identity(path: Path) -> Identity:
    """What tells one content at a path from another; None where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
