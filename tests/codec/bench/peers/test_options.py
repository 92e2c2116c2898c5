"""What a plan may tell a peer: the usual where it says nothing, and a sentence where it says nonsense."""

from __future__ import annotations

import pytest

from codec.bench import peers
from codec.bench.peers.options import Choice, Number, Switch, number, resolved
from codec.errors import InputError

KNOWN = (
    Number("chunk", "bytes", 1 << 16, 1 << 10, 1 << 24, power_of_two=True),
    Number("parts", "at most", 0, 4, 64, 0),
    Choice("filter", "before", "none", ("none", "bits")),
    Switch("trusting", "or not"),
)


def refused(**given) -> str:
    with pytest.raises(InputError) as caught:
        resolved("it", KNOWN, given)
    return str(caught.value)


def test_what_is_not_given_is_as_usual():
    assert resolved("it", KNOWN, {"filter": "bits"}) == {
        "chunk": 1 << 16, "parts": 0, "filter": "bits", "trusting": False,
    }  # fmt: skip
    assert number(resolved("it", KNOWN, {"chunk": 2048}), "chunk") == 2048


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"chunks": 1}, "it has no option 'chunks'; it has chunk, parts, filter, trusting"),
        ({"chunk": 512}, "from 1,024 to 16,777,216, not 512"),
        ({"chunk": 3000}, "is a power of two, such as 4,096, not 3000"),
        ({"chunk": True}, "is a whole number, not True"),
        ({"chunk": "1024"}, "is a whole number, not '1024'"),
        ({"parts": 2}, "from 4 to 64, or 0, not 2"),
        ({"filter": "bytes"}, "is one of none, bits, not 'bytes'"),
        ({"trusting": 1}, "is true or false, not 1"),
    ],
)
def test_nonsense_is_refused_in_words(given, says):
    assert says in refused(**given)


def test_a_peer_without_options_says_so():
    with pytest.raises(InputError, match="constriction has no option 'level'; it has none"):
        peers.check("constriction", {"level": 1})


@pytest.mark.parametrize("name", peers.PEERS)
def test_the_usual_values_are_allowed(name):
    options = peers.known(name).options
    peers.check(name, {option.name: option.usual for option in options})
    assert all(option.meaning for option in options)


def test_an_unknown_peer_is_refused_by_name():
    with pytest.raises(InputError, match="no peer called 'lzma'; there are zstandard, "):
        peers.available("lzma")
