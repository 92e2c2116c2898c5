"""Which coders can run here, asked in the child: loading one may end the process. Nothing here imports Qt."""

from __future__ import annotations

from dataclasses import dataclass

from app.child.task import Task
from codec.bench.contenders import sentence, unavailable
from codec.bench.plan import Candidate
from codec.decoders.base import Tick


@dataclass(frozen=True, eq=False)
class AskCoders(Task):
    """Asks coders whether they can run; the result is why not, by coder, "" where one can."""

    candidates: tuple[Candidate, ...]

    def run(self, tick: Tick) -> dict[str, str]:
        """Asks each of them."""
        return {each.coder: _why_not(each) for each in self.candidates}


def _why_not(candidate: Candidate) -> str:
    try:
        return unavailable(candidate)
    except Exception as error:  # a package of others may raise anything when it is loaded
        return sentence(error)
