"""How promising leads are: a questionnaire, points by rules, and chances learnt from what became of earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypedDict

from ._namespace import EntityNamespace, Key, exact
from .answers import Answer, table_of
from .records import Receipt
from .table import Table

__all__ = ["Band", "LeadScoring", "Question", "Questionnaire"]


class Band(NamedTuple):
    """Numbers from ``at_least`` on, up to the next band, give so many points."""

    at_least: Decimal | int
    points: int


class Question(TypedDict, total=False):
    """A question with what its answers are worth; ``code`` and ``text`` are needed.

    ``kind`` is ``choice`` when not given. ``weight`` is how much it counts against the others; nought only has to be known.
    ``answers`` are the words of a choice, or ``yes`` and ``no``, with their points; ``bands`` those of a number, from the least up.
    """

    code: str
    text: str
    kind: Literal["choice", "yes_no", "number", "date", "text"]
    weight: int
    answers: Mapping[str, int]
    bands: Sequence[Band]


class Questionnaire(Answer):
    """The questions about a lead, with the answers that count and what they come to."""

    __slots__ = ()

    def table(self, *, lines: str | None = None, reasons: bool = False) -> Table:
        """One row per question: what is asked, what was answered and when, what it is worth."""
        if lines is not None:
            return super().table(lines=lines, reasons=reasons)
        answered = ("answer", "points", "at")
        rows = [
            {name: line["question"].get(name) for name in ("code", "text", "kind", "weight")}
            | {name: line.get(name) for name in answered}
            for line in self.data["questions"]
        ]
        return table_of(self.question, rows, lines="")

    @property
    def percent(self) -> Decimal | None:
        """What the answers come to of the best ones; ``None`` without a lead, and before anything is answered."""
        total = self.data.get("total") or {}
        return None if total.get("percent") is None else Decimal(total["percent"])

    @property
    def unanswered(self) -> list[str]:
        """Codes of the questions that are still to be answered; none without a lead."""
        return list((self.data.get("total") or {}).get("unanswered", []))


class LeadScoring(EntityNamespace):
    """How promising leads are: a part of ``db.leads``."""

    __slots__ = ()

    def answer(
        self,
        lead: Key,
        answers: Mapping[str, str | bool | int | Decimal | date],
        *,
        questionnaire: str | None = None,
    ) -> Receipt:
        """Takes down answers about a lead; what they come to and its score by rules are set at once.

        Args:
            lead: The lead.
            answers: Answers by the code of their question: a word, true or false, a number, a day or a text.
            questionnaire: Name of the questionnaire; that of the setting ``lead.scoring`` when not given.
        """
        return self._do("lead.answer", lead=lead, answers=dict(answers), questionnaire=questionnaire)

    def questionnaire(self, lead: Key | None = None, *, name: str | None = None) -> Questionnaire:
        """The questions leads are qualified by, and what the answers about one come to.

        Args:
            lead: The lead; only the questions when not given.
            name: Name of the questionnaire; that of the setting ``lead.scoring`` when not given.
        """
        found = self._ask("lead.questionnaire", lead=lead, questionnaire=name)
        return Questionnaire(found.question, found.data)

    def define_questionnaire(self, name: str, questions: Sequence[Question]) -> Receipt:
        """Defines the next version of a questionnaire; the highest active one is asked.

        Args:
            name: Its name, such as ``bant``; versions share it.
            questions: Its questions, in order.
        """
        return self._do("lead_questionnaire.define", name=name, questions=[_asked(question) for question in questions])

    def retire_questionnaire(self, questionnaire: Key) -> Receipt:
        """Takes a version, such as ``bant/2``, back; the one before is asked again."""
        return self._do("lead_questionnaire.retire", questionnaire=questionnaire)

    def score(self, lead: Key | None = None, *, unit: Key | None = None) -> Receipt:
        """Has rules score leads and keeps the scores; only those that change are written.

        Args:
            lead: The lead; all open ones when not given.
            unit: Code of the unit whose leads are scored, with those below it; all that may be seen when not given.
        """
        return self._do("lead.score", lead=lead, unit=unit)

    def score_of(self, lead: Key, *, passed_over: bool = False) -> Answer:
        """How promising a lead is: by its answers, by rules, by what became of others like it; each with its reasons.

        Args:
            lead: The lead.
            passed_over: Whether the reason says of every row of the rules why it gave nothing.
        """
        return self._ask("lead.score", lead=lead, passed_over=passed_over)

    def ranking(self, *, owner: Key | None = None, unit: Key | None = None, limit: int | None = None) -> Answer:
        """Open leads by their chance, the most promising first; where nothing can be foretold by their score.

        Args:
            owner: Title of the position that works on them; all that may be seen when not given.
            unit: Code of the unit, with those below it.
            limit: At most so many.
        """
        return self._ask("lead.ranking", owner=owner, unit=unit, limit=limit)

    def train(
        self,
        name: str,
        *,
        unit: Key | None = None,
        smoothing: Decimal | int | None = None,
        minimum: int | None = None,
    ) -> Receipt:
        """Learns the next version of a model from all leads that came to an end; :meth:`activate` has it used.

        Args:
            name: Its name; versions share it.
            unit: Code of the unit whose leads it learns from, with those below it; the acting one when not given.
            smoothing: As how many leads the pooled share of a value counts; 2 when not given.
            minimum: How many leads must have come to an end before anything is foretold; 50 when not given.
        """
        return self._do("lead_score.train", name=name, unit=unit, smoothing=exact(smoothing), minimum=minimum)

    def activate(self, model: Key) -> Receipt:
        """Has leads foretold by a version of a model, such as ``parma/3``; the version before is retired."""
        return self._do("lead_score.activate", model=model)

    def quality(self, model: Key, *, held_out: int | None = None) -> Answer:
        """How good a model's way of foretelling is: learnt from the older leads, judged by the newer ones.

        The table says of each band of chances what was told and what came of it.

        Args:
            model: Name and version of the model.
            held_out: How many percent of the leads, the newest, it is judged by, 5 to 50; 20 when not given.
        """
        return self._ask("lead_score.quality", model=model, held_out=held_out)


def _asked(question: Question) -> dict[str, Any]:
    bands = [{"at_least": exact(band[0]), "points": band[1]} for band in question.get("bands", ())]
    return {**question, "bands": bands} if bands else dict(question)
