"""What is written at each step of one problem."""

from sih.demo.scenes import Scene
from sih.demo.texts import Texts

SORTS = {"settle": "settled", "reopen": "reopens", "update": "updates", "nudge": "nudges", "thanks": "thanks"}
TAIL = 0.7  # how often a description says a little more


class Script:
    """Remembers what was said: an answer follows its question, a second solution differs from the first."""

    def __init__(self, scene: Scene, texts: Texts) -> None:
        self._scene, self._texts = scene, texts
        self._answer = self._objection_met = None
        self._is_handed = self._is_closed = False
        self._lines = {
            "report": self._report,
            "open": lambda: self._of(scene.situation.diagnoses),
            "to_division": self._to_division,
            "to_pic": self._to_pic,
            "return": self._return,
            "close": self._close,
            "ask": self._ask,
            "answer": lambda: self._answer,
        }

    @property
    def title(self) -> str:
        return self._filled(self._of(self._scene.situation.titles))

    def line(self, verb: str) -> str | None:
        """None where nothing is asked for."""
        if verb in self._lines:
            return self._filled(self._lines[verb]())
        return self._filled(self._remark(SORTS[verb])) if verb in SORTS else None

    def _filled(self, line: str) -> str:
        return line.format_map(self._scene.facts)

    def _of(self, variants: list[str]) -> str:
        return variants[self._scene.variant % len(variants)]

    def _remark(self, sort: str):
        return self._texts.remark(sort, self._scene.situation)

    def _report(self) -> str:
        description = self._of(self._scene.situation.descriptions)
        return f"{description} {self._remark('tails')}" if self._texts.happens(TAIL) else description

    def _to_division(self) -> str:
        self._is_handed = True
        return self._objection_met or self._of(self._scene.situation.reasons)

    def _to_pic(self) -> str:
        choice = self._remark("names_pic")
        return choice if self._is_handed else f"{self._of(self._scene.situation.reasons)} {choice}"

    def _return(self) -> str:
        objection, self._objection_met = self._remark("returns")
        return objection

    def _ask(self) -> str:
        question, self._answer = self._remark("talks")
        return question

    def _close(self) -> str:
        """What did not hold the first time turns out to have the other cause too."""
        if self._is_closed:
            return f"{self._remark('again')} {self._scene.situation.solutions[1 - self._scene.variant]}"
        self._is_closed = True
        return self._of(self._scene.situation.solutions)
