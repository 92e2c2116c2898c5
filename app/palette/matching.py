"""Which names a few typed letters mean, the best first: letters in their order, words in any order.

No formula of anybody's: every rule below is a reason that a person would give for one name before another.
"""

from __future__ import annotations

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


def match(typed: str, title: str, place: str) -> Match | None:
    """How well a name answers what was typed; None where some word of it is not in there.

    Args:
        typed: words, separated by spaces; case does not matter.
        title: the name.
        place: what stands before it elsewhere: it can be typed, too, but counts less.
    """
    score, places = 0, set[int]()
    lower_title, lower_place = title.lower(), place.lower()
    for word in typed.lower().split():
        worth, found = _find(word, lower_title)
        if worth:
            places.update(found)
        else:
            worth = max(_find(word, lower_place)[0] - OUTSIDE_TITLE, 0)
        if not worth:
            return None
        score += worth
    return Match(score - len(title) // 8, tuple(sorted(places)))


def _find(word: str, text: str) -> tuple[int, Sequence[int]]:
    """What a word is worth in a text, and where its letters stand there; 0 where it is not in it."""
    if text.startswith(word):
        return AT_BEGINNING, range(len(word))
    begin = _word_start(word, text)
    if begin >= 0:
        return AT_WORD, range(begin, begin + len(word))
    begin = text.find(word)
    if begin >= 0:
        return INSIDE, range(begin, begin + len(word))
    spread = _scattered(word, text)
    return (SCATTERED, spread) if spread else (0, ())


def _word_start(word: str, text: str) -> int:
    """Where `word` stands at the beginning of a word of `text`; -1 where it does not."""
    begin = text.find(word, 1)
    while begin > 0 and text[begin - 1].isalnum():
        begin = text.find(word, begin + 1)
    return begin


def _scattered(word: str, text: str) -> list[int]:
    """The places of the letters of `word`, one behind the other; none where they are not, or far apart.

    The first must begin a word, as one abbreviates.
    """
    for begin in (at for at, letter in enumerate(text) if letter == word[0]):
        if begin and text[begin - 1].isalnum():
            continue
        places = [begin]
        for letter in word[1:]:
            places.append(text.find(letter, places[-1] + 1))
            if places[-1] < 0:
                break
        if places[-1] >= 0 and places[-1] - begin < MOST_SCATTERED * max(len(word), 4):
            return places
    return []
