"""What the commands that encode anew do: ask where to, never onto what is open, and show what was written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from app.actions import Effect
from app.command_group import CommandContext, CommandGroup
from app.document import Document
from app.encoding_again import EncodingAgain
from app.models.rerun_form import kept, taken_up
from app.rerun_requests import OpenedTensor, Origin
from app.settings import Settings
from app.side_requests import RIGHT
from codec.rerun.encoding import scales_beside, suffix_of
from codec.rerun.recipe import Recipe

PANEL = "Encode again"
"""The panel in which all of it is chosen."""

FILES = "Files"
"""The panel in which two files are compared."""

ARRAYS = "Arrays of weights (*.npy *.npz *.safetensors *.gguf);;All files (*)"
"""For the file dialog."""


class RerunCommands(CommandGroup):
    """The effects of the commands that encode anew.

    Attributes:
        encoding: what is chosen, and what came of it.
    """

    def __init__(self, context: CommandContext) -> None:
        super().__init__(context)
        self.encoding = EncodingAgain(self._jobs, self)
        self.encoding.encode_wanted.connect(self.encode)
        self.encoding.file_wanted.connect(self.choose_file)
        self.encoding.written.connect(self._on_written)
        self.encoding.failed.connect(self._messages.tell)

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        return {
            "rerun.sweep": self.sweep,
            "rerun.stop": self.encoding.stop,
            "rerun.smallest": self._select_smallest,
            "rerun.encode": self.encode,
            "rerun.file": self.choose_file,
            "rerun.opened": self._take_opened,
        }

    def keep_in(self, settings: Settings) -> None:
        """Takes up the form that was kept there, and keeps it there from now on."""

        def keep() -> None:
            settings.encode_again = kept(self.encoding.form)

        self.encoding.ask(taken_up(settings.encode_again))
        self.encoding.form_changed.connect(keep)

    def sweep(self) -> None:
        """Tries every combination, and shows the rows as they come."""
        reason = self.encoding.no_sweep
        self.encoding.sweep()
        self._go(PANEL)
        if reason:
            self._say(reason)

    def encode(self) -> None:
        """Asks where to, and has a worker write the file."""
        target, reason = self.encoding.target, self.encoding.no_encode
        if reason or target is None:
            self._go(PANEL)
            self._say(reason)
            return
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Encode again", str(self._suggested(target)), _filter(target)
        )
        if not path:
            return
        if refusal := self._refusal(Path(path)):
            self._messages.tell(refusal)
        else:
            self.encoding.encode(path)

    def choose_file(self) -> None:
        """Asks for a file of arrays, and looks what it holds."""
        folder = str(self._workspace.current.path.parent) if self._workspace.current else ""
        path, _ = QFileDialog.getOpenFileName(self._window, "Weights to encode", folder, ARRAYS)
        if path:
            self.encoding.look_into(path)
            self._go(PANEL)

    def _take_opened(self) -> None:
        self.encoding.opened_wanted.emit()
        self._go(PANEL)

    def _select_smallest(self) -> None:
        self._go(PANEL)
        if self.encoding.rows:
            self.encoding.smallest_wanted.emit()
        else:
            self._say("No sweep has been run")

    def _suggested(self, target: Recipe) -> Path:
        """A name beside the opened file that is not taken."""
        current = self._workspace.current
        folder = current.path.parent if current is not None else Path.home()
        origin, opened = self.encoding.origin, current is not None
        is_file = isinstance(origin, OpenedTensor) and opened and current is not None
        stem = current.path.stem if is_file and current is not None else "weights"
        tile = f"t{target.tile_rows}"
        if target.tile_cols != target.tile_rows:
            tile = f"t{target.tile_rows}x{target.tile_cols}"
        return free_name(folder, f"{stem}.{tile}", suffix_of(target.layout))

    def _refusal(self, path: Path) -> str:
        """Why nothing may be written there, as a sentence; "" where it may."""
        real = path.resolve()
        if any(document.path == real for document in self._workspace.documents):
            return f"{path.name} is open, and an opened file is never written: choose another name"
        beside = scales_beside(path)
        if not path.exists() and beside.exists():
            return f"{beside.name} stands there without its file, and would be lost: choose another name"
        return ""

    @Slot(object, object)
    def _on_written(self, origin: Origin, paths: tuple[Path, ...]) -> None:
        """Opens what was written, beside the file that it was made from and compared with it."""
        path = paths[0]
        self._say(f"Wrote {path.name}, {path.stat().st_size:,} bytes" if path.exists() else "")
        document = self._document_of(origin)
        if document is None:
            self._workspace.open([path])
            return
        self._workspace.open([document.path, path])
        document.comparing.open(RIGHT, str(path))
        self._go(FILES)

    def _document_of(self, origin: Origin) -> Document | None:
        """The open document that weights are from; None where they are from elsewhere."""
        if not isinstance(origin, OpenedTensor):
            return None
        same = (d for d in self._workspace.documents if d.container is origin.container)
        return next(same, None)


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A name in a folder that nothing has yet: `stem` and `suffix`, with a number between where it must be."""
    for number in range(1, 1000):
        path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
        if not path.exists():
            return path
    return folder / f"{stem}{suffix}"


def _filter(target: Recipe) -> str:
    return f"{target.layout} (*{suffix_of(target.layout)});;All files (*)"
