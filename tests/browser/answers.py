"""What somebody who has studied would answer: the walk asks the question bank and the lessons
instead of guessing.
"""

from __future__ import annotations

from courses.enums import QuestionKind
from courses.models import Attempt, Lesson, Question
from courses.queries.learning import quiz_keys

__all__ = ["right_answers", "right_quiz"]


def right_answers(attempt_id: str) -> dict[str, list[str]]:
    """Return place → the right options (as the page names them) or the right number, for one
    sitting.
    """
    attempt = Attempt.objects.get(public_id=attempt_id)
    bank = {
        str(question.public_id): question
        for question in Question.objects.filter(course=attempt.exam.training_class.course)
    }
    answers = {}
    for place, frozen in enumerate(attempt.paper, start=1):
        question = bank[frozen["id"]]
        if question.kind == QuestionKind.NUMBER:
            answers[str(place)] = [f"{question.number.normalize():f}"]
        else:
            answers[str(place)] = [
                option.public_id for option in question.options.all() if option.is_right
            ]
    return answers


def right_quiz(course_code: str) -> dict[str, dict[str, list[str]]]:
    """Return lesson number → quiz block → positions of the right answers."""
    lessons = Lesson.objects.filter(course__code=course_code)
    return {
        str(lesson.number): {block: sorted(key.correct) for block, key in quiz_keys(lesson).items()}
        for lesson in lessons
    }
