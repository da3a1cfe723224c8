"""What is written at each step of one problem."""

from sih.demo.scenes import Scene
from sih.demo.texts import Texts


class Script:
    def __init__(self, scene: Scene, texts: Texts) -> None:
        self._scene, self._texts, self._closed = scene, texts, False
        self._answer = self._objection_met = None
        self._lines = {
            "open": lambda: self._of(scene.situation.diagnoses),
            "to_division": self._to_division,
            "to_pic": self._to_pic,
            "return": self._return,
            "close": self._close,
            "settle": lambda: texts.remark("settled"),
            "reopen": lambda: texts.remark("reopens"),
            "ask": self._ask,
            "answer": lambda: self._answer,
            "update": lambda: texts.remark("updates"),
            "nudge": lambda: texts.remark("nudges"),
            "thanks": lambda: texts.remark("thanks"),
            "report": self._report,
        }

    @property
    def title(self) -> str:
        return self._of(self._scene.situation.titles).format_map(self._scene.facts)

    def line(self, verb: str) -> str | None:
        """None where nothing is asked for."""
        return self._lines[verb]().format_map(self._scene.facts) if verb in self._lines else None

    def _of(self, variants: list[str]) -> str:
        return variants[self._scene.variant % len(variants)]

    def _report(self) -> str:
        return f"{self._of(self._scene.situation.descriptions)} {self._texts.remark('tails')}".strip()

    def _to_division(self) -> str:
        return self._objection_met or self._of(self._scene.situation.reasons)

    def _to_pic(self) -> str:
        return f"{self._of(self._scene.situation.reasons)} {self._texts.remark('names_pic')}"

    def _return(self) -> str:
        objection, self._objection_met = self._texts.remark("returns")
        return objection

    def _ask(self) -> str:
        question, self._answer = self._texts.remark("talks")
        return question

    def _close(self) -> str:
        """What did not hold the first time turns out to have the other cause too."""
        solutions = self._scene.situation.solutions
        if self._closed:
            return f"{self._texts.remark('again')} {solutions[1 - self._scene.variant]}"
        self._closed = True
        return self._of(solutions)
