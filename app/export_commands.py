"""What the commands that export do: ask which table or panel and where to, and have it written."""

from __future__ import annotations

from pathlib import Path, PurePath

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QFileDialog

from app.actions import Effect
from app.command_group import CommandContext, CommandGroup
from app.exporting.dialog import Offer, TableChooser
from app.exporting.formats import Format
from app.exporting.request import ExportRequest
from app.view import View
from app.work import Response
from codec.errors import InputError


class ExportCommands(CommandGroup):
    """The effects of the commands that export."""

    def __init__(self, context: CommandContext) -> None:
        super().__init__(context)
        for over in (self._jobs.finished, self._jobs.failed):
            over.connect(self._on_job)

    def effects(self) -> dict[str, Effect]:
        """What each of the commands does, by name."""
        return {"export.table": self.export_table, "export.panel": self.save_panel}

    # Tables

    def export_table(self) -> None:
        """Asks for a table, a format and a file, and has a worker write it."""
        offers = self._offers()
        if not offers:
            self._say("No panel has a table to export")
            return
        chooser = TableChooser(offers, self._window)
        chosen = chooser.exec() == QDialog.DialogCode.Accepted
        offer, format_ = chooser.chosen, chooser.format
        chooser.deleteLater()
        path = self._ask_for_file(offer, format_) if chosen else ""
        if path:
            self._jobs.submit(ExportRequest(offer.table, path), owner=(self, path))

    def _offers(self) -> list[Offer]:
        """The tables of every panel, those of the panel with the keyboard first."""
        focused = self._panels.focused_view()
        views = sorted(self._panels.views(), key=lambda view: view is not focused)
        return [Offer(view.TITLE, table) for view in views for table in view.tables()]

    def _ask_for_file(self, offer: Offer, format_: Format) -> str:
        suggested = self._beside(f"{offer.panel} {offer.table.name}", format_.value)
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Export a table", suggested, f"{format_.says} (*{format_.value})"
        )
        return path if not path or PurePath(path).suffix else path + format_.value

    @Slot(object)
    def _on_job(self, response: Response) -> None:
        if isinstance(response.request, ExportRequest):
            self._tell_of_saving(response)

    # Pictures

    def save_panel(self) -> None:
        """Asks for a file, and saves a picture of the panel with the keyboard, or else of the window."""
        from app.exporting.pictures import (
            FILTERS,
            save_panel,
        )  # Qt's SVG is loaded when it is needed

        view: View | None = self._panels.focused_view()
        suggested = self._beside(view.TITLE if view else "window", ".png")
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Save the panel as a picture", suggested, FILTERS
        )
        if not path:
            return
        if not PurePath(path).suffix:
            path += ".png"
        try:
            save_panel(view or self._window, path)
        except InputError as error:
            self._messages.tell(error.sentence())
        else:
            self._say(f"Saved {path}")

    def _beside(self, name: str, ending: str) -> str:
        """A name for what is exported, beside the file that is shown."""
        stem = "-".join(name.lower().split())
        views = self._panels.views()
        document = next((view.document for view in views if view.document is not None), None)
        if document is None:
            return f"{stem}{ending}"
        return str(Path(document.path).with_name(f"{document.path.stem}.{stem}{ending}"))
