"""The colours of the window, by what they mean, in light and in dark, in one place.

Views ask `current()` for a colour by its meaning and repaint when `changed` is emitted. The accents
are the eight that Okabe and Ito chose to be told apart with any kind of colour vision (Color
Universal Design, 2008), darkened or lightened where the background needs it. No view says anything
by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from codec.problems import Severity
from codec.spans import SpanKind


class Choice(StrEnum):
    """What the user can choose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, eq=False)
class Theme:
    """One set of colours.

    Attributes:
        name: "light" or "dark".
        background: behind text and plots.
        foreground: text, axes.
        dim: text that matters less; grid lines.
        window: behind the panels.
        raised: buttons, headers, tabs.
        accent: links and the keyboard focus.
        selection: behind what is selected, strong enough to find it at a glance.
        selection_ink: text and outlines on top of `selection`.
        series: lines and bars of a plot, told apart without colour vision; the first is what is,
            the second what it is compared with.
        span_fills: behind the bytes of a span, by kind; `foreground` is readable on all of them.
        span_inks: for text and marks that stand for a kind of span, readable on `background`.
        severities: for the marks of problems, readable on `background`.
        good: the mark of a thing without problems.
        stepping: what the debugger has done, and where it stands.
        edited: bytes that the user has changed, and what tells of them.
        bookmark: marks places that the user has bookmarked.
        sequential: name of the colour map for measures from little to much, as pyqtgraph knows it.
        diverging: name of the colour map for values around 0.
    """

    name: str
    background: QColor
    foreground: QColor
    dim: QColor
    window: QColor
    raised: QColor
    accent: QColor
    selection: QColor
    selection_ink: QColor
    series: tuple[QColor, ...]
    span_fills: Mapping[SpanKind, QColor]
    span_inks: Mapping[SpanKind, QColor]
    severities: Mapping[Severity, QColor]
    good: QColor
    stepping: QColor
    edited: QColor
    bookmark: QColor
    sequential: str = "viridis"
    diverging: str = "CET-D1A"

    @property
    def dark(self) -> bool:
        """Whether light text stands on a dark ground."""
        return self.background.lightness() < self.foreground.lightness()

    def palette(self) -> QPalette:
        """The palette of Qt's own widgets that goes with these colours."""
        palette = QPalette(self.raised, self.window)
        role, group = QPalette.ColorRole, QPalette.ColorGroup
        for which, colour in (
            (role.Base, self.background),
            (role.AlternateBase, blend(self.window, self.background, 0.5)),
            (role.WindowText, self.foreground),
            (role.Text, self.foreground),
            (role.ButtonText, self.foreground),
            (role.ToolTipBase, self.raised),
            (role.ToolTipText, self.foreground),
            (role.PlaceholderText, self.dim),
            (role.Link, self.accent),
            (role.LinkVisited, self.accent),
            (role.Highlight, self.selection),
            (role.HighlightedText, self.selection_ink),
        ):
            palette.setColor(which, colour)
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(group.Disabled, which, self.dim)
        return palette

    def box_palette(self) -> QPalette:
        """The palette of check boxes and radio buttons: their frame alone would not be seen on a dark ground."""
        palette = self.palette()
        if self.dark:
            palette.setColor(QPalette.ColorRole.Base, blend(self.dim, self.raised, 0.5))
        return palette


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """The colour of `over` laid upon `under` with an opacity of `share`."""
    parts = (
        round(a * share + b * (1 - share))
        for a, b in zip(over.getRgb()[:3], under.getRgb()[:3], strict=True)  # type: ignore[index]
    )
    return QColor(*parts)


def _fills(
    inks: Mapping[SpanKind, QColor], background: QColor, share: float
) -> Mapping[SpanKind, QColor]:
    return {kind: blend(ink, background, share) for kind, ink in inks.items()}


_LIGHT_FILLS = {
    SpanKind.COUNT: QColor("#e6d200"),
    SpanKind.NAME: QColor("#cbbaf0"),
    SpanKind.SCALE: QColor("#f9c8e2"),
    SpanKind.TABLE: QColor("#e69f00"),
    SpanKind.STATE: QColor("#d55e00"),
    SpanKind.RENORMALISATION: QColor("#8fcdf2"),
    SpanKind.INDEX: QColor("#009e73"),
    SpanKind.UNCLAIMED: QColor("#cc79a7"),
}
"""Lighter than the inks, so that text is readable on them and neighbours are told apart."""


_LIGHT_INKS = {
    SpanKind.FILE: QColor("#555b63"),
    SpanKind.HEADER: QColor("#0067a8"),
    SpanKind.NAME: QColor("#6a4fb3"),
    SpanKind.TABLE: QColor("#9a6200"),
    SpanKind.SCALE: QColor("#9b3d63"),
    SpanKind.INDEX: QColor("#00785a"),
    SpanKind.STREAM: QColor("#47708c"),
    SpanKind.COUNT: QColor("#716a00"),
    SpanKind.RENORMALISATION: QColor("#1a77ab"),
    SpanKind.STATE: QColor("#b64a00"),
    SpanKind.RAW: QColor("#3f7030"),
    SpanKind.PADDING: QColor("#6e7681"),
    SpanKind.UNCLAIMED: QColor("#a8437c"),
}


def _light() -> Theme:
    background = QColor("#ffffff")
    return Theme(
        name="light",
        background=background,
        foreground=QColor("#1b1f24"),
        dim=QColor("#646b75"),
        window=QColor("#f1f3f5"),
        raised=QColor("#e6e9ed"),
        accent=QColor("#0067a8"),
        selection=QColor("#0067a8"),
        selection_ink=QColor("#ffffff"),
        series=(QColor("#0072b2"), QColor("#d55e00"), QColor("#009e73"), QColor("#a8437c")),
        span_fills=_fills({**_LIGHT_INKS, **_LIGHT_FILLS}, background, 0.42),
        span_inks=_LIGHT_INKS,
        severities={Severity.ERROR: QColor("#c02717"), Severity.WARNING: QColor("#8a5a00")},
        good=QColor("#00785a"),
        stepping=QColor("#b8006e"),
        edited=QColor("#5b2da8"),
        bookmark=QColor("#00727a"),
    )


_DARK_INKS = {
    SpanKind.FILE: QColor("#a9b1bb"),
    SpanKind.HEADER: QColor("#4da3e0"),
    SpanKind.NAME: QColor("#e6dcff"),
    SpanKind.TABLE: QColor("#e69f00"),
    SpanKind.SCALE: QColor("#ffd6f0"),
    SpanKind.INDEX: QColor("#2bc299"),
    SpanKind.STREAM: QColor("#86aec9"),
    SpanKind.COUNT: QColor("#f0e442"),
    SpanKind.RENORMALISATION: QColor("#7cc4ee"),
    SpanKind.STATE: QColor("#f5803e"),
    SpanKind.RAW: QColor("#d4f59b"),
    SpanKind.PADDING: QColor("#8b949e"),
    SpanKind.UNCLAIMED: QColor("#dd8fba"),
}


def _dark() -> Theme:
    background = QColor("#16191d")
    return Theme(
        name="dark",
        background=background,
        foreground=QColor("#e3e7ec"),
        dim=QColor("#97a0ab"),
        window=QColor("#1f2328"),
        raised=QColor("#2c3239"),
        accent=QColor("#6cb8ee"),
        selection=QColor("#2f81c7"),
        selection_ink=QColor("#ffffff"),
        series=(QColor("#56b4e9"), QColor("#e69f00"), QColor("#2bc299"), QColor("#dd8fba")),
        span_fills=_fills(_DARK_INKS, background, 0.32),
        span_inks=_DARK_INKS,
        severities={Severity.ERROR: QColor("#ff7b6b"), Severity.WARNING: QColor("#e9b44c")},
        good=QColor("#2bc299"),
        stepping=QColor("#ff7ac6"),
        edited=QColor("#c3a6ff"),
        bookmark=QColor("#4fd6de"),
    )


class _Themes(QObject):
    """The theme in use; a QObject, so that views can be told."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = Choice.SYSTEM
        self.current = _light()

    def follow(self) -> None:
        """Takes up the colours that the choice, and perhaps the system, ask for."""
        name = _system_name() if self.choice is Choice.SYSTEM else str(self.choice)
        if name != self.current.name:
            self.current = _dark() if name == "dark" else _light()
        if QGuiApplication.instance() is not None:
            QGuiApplication.setPalette(self.current.palette())
            # The stub wants bytes; only a string is taken.
            for box in ("QCheckBox", "QRadioButton"):
                QApplication.setPalette(self.current.box_palette(), box)  # type: ignore[arg-type]
        self.changed.emit()


def _system_name() -> str:
    if QGuiApplication.instance() is None:
        return "light"
    scheme = QGuiApplication.styleHints().colorScheme()
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


_themes = _Themes()

changed = _themes.changed
"""Emitted after the colours have changed; `current()` is the new theme then."""


def current() -> Theme:
    """The colours in use."""
    return _themes.current


def choice() -> Choice:
    """What the user chose."""
    return _themes.choice


def choose(wanted: Choice) -> None:
    """Applies a choice to the whole application."""
    _themes.choice = wanted
    _themes.follow()


def follow_system() -> None:
    """From now on, changes of the system's colours are taken up where the choice is the system."""
    QGuiApplication.styleHints().colorSchemeChanged.connect(_on_system_change)


def _on_system_change() -> None:
    if _themes.choice is Choice.SYSTEM:
        _themes.follow()
