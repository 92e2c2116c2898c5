"""The choice of decoders in the menu: what is used is checked, what cannot run is disabled and says why."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from app.actions import Actions, Effect
from app.commands import COMMANDS
from app.decoder_choice import DecoderChoice, Offer, Readiness
from codec.decoders import DECODERS

MENU = "&Run/&Decoder"


class DecoderMenu(QObject):
    """Keeps the actions of the decoders as the choice is."""

    def __init__(self, choice: DecoderChoice, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self._choice = choice
        self._actions = actions
        self._commands = {command.name: command for command in COMMANDS}
        actions.exclusive([f"decoder.{name}" for name in DECODERS])
        actions.menu(MENU).aboutToShow.connect(choice.ask)
        choice.changed.connect(self._show)
        self._show()

    @Slot()
    def _show(self) -> None:
        for offer in self._choice.offers:
            name = f"decoder.{offer.name}"
            action, command = self._actions[name], self._commands[name]
            says = _remark(offer)
            action.setText(f"{command.title} ({says})" if says else command.title)
            action.setChecked(offer.name == self._choice.used)
            unavailable = offer.readiness is Readiness.UNAVAILABLE
            self._actions.forbid(name, offer.reason if unavailable else "")


def effects(choice: DecoderChoice) -> dict[str, Effect]:
    """What the commands of the decoders do, by name."""

    def chooser(name: str) -> Effect:
        return lambda _checked: choice.choose(name)

    return {f"decoder.{name}": chooser(name) for name in DECODERS}


def _remark(offer: Offer) -> str:
    match offer.readiness:
        case Readiness.UNAVAILABLE:
            return "not available here"
        case Readiness.ASKED:
            return "being asked…"
        case _:
            return ""
