"""Which decoders there are, which can run here, and which one the files are shown with.

What a decoder needs is found out only when somebody asks, and by a worker or the child: loading numba
takes a second, and a card's driver may do anything. A decoder that cannot run is never chosen silently
nor replaced silently: `refused` tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal, Slot

from app.child_tasks import AskDecoder
from app.jobs import Jobs
from app.requests import (
    DEFAULT_DECODER,
    AskRequest,
    DescribeRequest,
    Description,
    InstalledRequest,
    UsedDecoder,
)
from app.settings import Settings
from app.work import Response
from codec.decoders import DECODERS
from codec.decoders.availability import DEFAULT, FALLBACK


class Readiness(Enum):
    """What is known about whether a decoder can run here."""

    UNASKED = auto()
    ASKED = auto()
    READY = auto()
    UNAVAILABLE = auto()


@dataclass(frozen=True)
class Offer:
    """A decoder as the window offers it.

    Attributes:
        name: the decoder's.
        text: what it is, in a few words; "" while that is not known.
        isolated: whether it runs in the child process.
        readiness: whether it can run here.
        reason: why it cannot, and what to do, where it is UNAVAILABLE.
    """

    name: str
    text: str = ""
    isolated: bool = False
    readiness: Readiness = Readiness.UNASKED
    reason: str = ""


class DecoderChoice(QObject):
    """The decoders on offer, and the chosen one.

    Attributes:
        installed: names of the decoders of others that are installed; they can be compared.
    """

    changed = Signal()
    """An offer has changed, or what is wanted, or what is used."""
    used_changed = Signal(object)
    """Carries the `UsedDecoder` that everything is to be decoded with from now on."""
    refused = Signal(str)
    """Carries a sentence: why the wanted decoder cannot be used, and which one is used instead."""

    def __init__(self, jobs: Jobs, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.installed: tuple[str, ...] = ()
        self._jobs = jobs
        self._settings = settings
        self._offers = {name: Offer(name) for name in DECODERS}
        self._wanted = settings.decoder or DEFAULT
        self._used = DEFAULT_DECODER
        self._described = False
        self._asking = False
        jobs.finished.connect(self._on_over)
        jobs.failed.connect(self._on_over)

    @property
    def offers(self) -> tuple[Offer, ...]:
        """All decoders."""
        return tuple(self._offers.values())

    @property
    def used(self) -> str:
        """Name of the decoder that is used."""
        return self._used.name

    @property
    def wanted(self) -> str:
        """Name of the decoder that the user wants; another is used while it is asked, or if it cannot run."""
        return self._wanted

    def describe(self) -> None:
        """Finds out what the decoders are."""
        self._jobs.submit(DescribeRequest(), owner=self)
        self._jobs.submit(InstalledRequest(), owner=self)

    def ask(self) -> None:
        """Finds out whether those can run that only the child can tell of; once."""
        self._asking = True
        if not self._described:
            self.describe()
        for offer in self.offers:
            if self._described and offer.isolated and offer.readiness is Readiness.UNASKED:
                self._ask(offer)

    def ask_again(self, name: str) -> None:
        """Asks a decoder that could not run, since what it lacked may be there now."""
        self._ask(self._offers[name])

    def choose(self, name: str) -> None:
        """Uses a decoder as soon as it is known that it can run, and remembers the choice."""
        self._wanted = self._settings.decoder = name
        if not self._described:
            self.describe()
        self._settle()

    def _ask(self, offer: Offer) -> None:
        self._offers[offer.name] = replace(offer, readiness=Readiness.ASKED)
        self._jobs.submit(AskRequest(AskDecoder(offer.name)), owner=(self, offer.name))
        self.changed.emit()

    @Slot(object)
    def _on_over(self, response: Response) -> None:
        request = response.request
        if isinstance(request, DescribeRequest) and isinstance(response.result, tuple):
            self._take_descriptions(response.result)
        elif isinstance(request, InstalledRequest) and isinstance(response.result, tuple):
            self.installed = response.result
            self.changed.emit()
        elif isinstance(request, AskRequest):
            self._take_answer(self._offers[request.task.decoder], response)

    def _take_descriptions(self, found: tuple[Description, ...]) -> None:
        for each in found:
            readiness = Readiness.UNASKED if each.isolated else Readiness.READY
            if each.reason:
                readiness = Readiness.UNAVAILABLE
            offer = Offer(each.name, each.text, each.isolated, readiness, each.reason)
            self._offers[each.name] = offer
        self._described = True
        if self._asking:
            self.ask()
        self._settle()

    def _take_answer(self, offer: Offer, response: Response) -> None:
        if response.cancelled:  # so it may be asked again
            offer = replace(offer, readiness=Readiness.UNASKED)
            self._wanted = self._used.name if self._wanted == offer.name else self._wanted
        elif response.error is not None:
            offer = replace(offer, readiness=Readiness.UNAVAILABLE, reason=response.error)
        else:
            offer = replace(offer, readiness=Readiness.READY, reason="")
        self._offers[offer.name] = offer
        self._settle()

    def _settle(self) -> None:
        """Uses what is wanted where that can run; asks, or says why not, where it cannot."""
        offer = self._offers[self._wanted]
        match offer.readiness:
            case Readiness.READY:
                self._use(UsedDecoder(offer.name, offer.isolated))
            case Readiness.UNASKED if self._described:
                self._ask(offer)
            case Readiness.UNAVAILABLE:
                self._wanted = self._fallback()
                self._use(UsedDecoder(self._wanted))
                self.refused.emit(
                    f"The decoder {offer.name} cannot be used: {offer.reason.rstrip('.')}. "
                    f"Tiles and traces are decoded with {self._wanted}."
                )
        self.changed.emit()

    def _fallback(self) -> str:
        """The decoder that any machine can run."""
        lost = self._offers[DEFAULT].readiness is Readiness.UNAVAILABLE
        return FALLBACK if lost else DEFAULT

    def _use(self, decoder: UsedDecoder) -> None:
        if decoder != self._used:
            self._used = decoder
            self.used_changed.emit(decoder)
