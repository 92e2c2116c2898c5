"""Which names a few typed letters mean, the best first: letters in their order, words in any order.

No formula of anybody's: every rule below is a reason that a person would give for one name before another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

AT_BEGINNING = 100
AT_WORD = 60
INSIDE = 30
SCATTERED = 5
"""What a typed word is worth by where it stands: at the name's beginning, at that of a word in it, anywhere in
one piece, or with other letters between its own."""

OUTSIDE_TITLE = 25
"""What is taken off where the word stands in the menus that lead to a name, not in the name itself."""

IN_SENTENCE = 3
"""The same at the beginning of a word of the sentence on what a name does: "csv" finds what exports."""

MOST_SCATTERED = 3
"""A typed word is spread at most over so many times its length, or it would be found everywhere."""


@dataclass(frozen=True)
class Match:
    """How well a name answers what was typed.

    Attributes:
        score: the more, the better.
        places: of the letters of the title that were typed, ascending.
    """

    score: int
    places: tuple[int, ...]


class Query:
    """What was typed: words, separated by spaces; case does not matter.

    It is asked of every tensor of a model with each key, so that all that can be is made ready once, and which letters
    were meant is only worked out for the names in sight.
    """

    def __init__(self, typed: str) -> None:
        self._words = [_Word(word) for word in typed.lower().split()]

    def score(self, title: str, place: str, says: str = "") -> int | None:
        """What a name is worth, the more the better; None where some word is not in there.

        Args:
            title: the name, in lower case.
            place: what stands before it elsewhere, in lower case: it can be typed, too, but counts less.
            says: what it does, in lower case, and the keys that do the same: counts least.
        """
        score = 0
        for word in self._words:
            worth = word.find(title)[0] or word.outside(place)
            if worth <= 0:
                worth = IN_SENTENCE * word.begins_in(says)
            if not worth:
                return None
            score += worth
        return score - len(title) // 8

    def places(self, title: str) -> tuple[int, ...]:
        """Which letters of a name, in lower case, were typed, ascending."""
        found: set[int] = set()
        for word in self._words:
            _, begin, spread = word.find(title)
            found.update(spread or range(begin, begin + len(word.text)) if begin >= 0 else ())
        return tuple(sorted(found))


def match(typed: str, title: str, place: str, says: str = "") -> Match | None:
    """How well one name answers what was typed; None where some word of it is not in there."""
    query = Query(typed)
    score = query.score(title.lower(), place.lower(), says.lower())
    return None if score is None else Match(score, query.places(title.lower()))


Found = tuple[int, int, Sequence[int]]
"""What a word is worth in a text, where it begins there, and where its letters stand if they are scattered."""

NOWHERE: Found = 0, -1, ()


class _Word:
    """One typed word."""

    def __init__(self, text: str) -> None:
        self.text = text
        first, rest = re.escape(text[0]), map(re.escape, text[1:])
        # The first letter begins a word, as one abbreviates; then each is the next one of its kind.
        self._spread = re.compile(
            rf"(?<![^\W_]){first}" + "".join(rf"[^{letter}]*({letter})" for letter in rest),
            re.DOTALL,
        )
        self._most = MOST_SCATTERED * max(len(text), 4)
        self._outside: dict[str, int] = {}

    def outside(self, place: str) -> int:
        """What it is worth in the place of a name; thousands of names share one."""
        if place not in self._outside:
            self._outside[place] = self.find(place)[0] - OUTSIDE_TITLE
        return self._outside[place]

    def find(self, text: str) -> Found:
        """Looks for it in a text in lower case."""
        begin = text.find(self.text)
        if begin < 0:
            return self._scattered(text)
        if begin == 0:
            return AT_BEGINNING, 0, ()
        inside = begin
        while begin > 0 and text[begin - 1].isalnum():
            begin = text.find(self.text, begin + 1)
        return (AT_WORD, begin, ()) if begin > 0 else (INSIDE, inside, ())

    def begins_in(self, text: str) -> bool:
        """Whether a word of the text begins with it."""
        return self.text in text and self.find(text)[0] >= AT_WORD

    def _scattered(self, text: str) -> Found:
        """Its letters one behind the other, not too far apart."""
        found = self._spread.search(text)
        while found and found.end() - 1 - found.start() >= self._most:
            found = self._spread.search(text, found.start() + 1)
        if not found:
            return NOWHERE
        places = found.start(), *(found.start(i + 1) for i in range(len(self.text) - 1))
        return SCATTERED, found.start(), places
