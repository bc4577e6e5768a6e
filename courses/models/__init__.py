"""Store the data of training and its invariants."""

from courses.models.course import CompletionRule, Course
from courses.models.enrolment import Attendance, Enrolment, Lesson, LessonProgress, SpotAnswer
from courses.models.exam import (
    AnswerOp,
    Attempt,
    Exam,
    LateDecision,
    PartMark,
    Question,
    QuestionOption,
)
from courses.models.reading import ReadingLease
from courses.models.training_class import (
    ClassSession,
    SpotCheck,
    TrainingClass,
    TrainingClassGroupPermission,
)

__all__ = [
    "AnswerOp",
    "Attempt",
    "Attendance",
    "ClassSession",
    "CompletionRule",
    "Course",
    "Enrolment",
    "Exam",
    "LateDecision",
    "Lesson",
    "LessonProgress",
    "PartMark",
    "Question",
    "QuestionOption",
    "ReadingLease",
    "SpotAnswer",
    "SpotCheck",
    "TrainingClass",
    "TrainingClassGroupPermission",
]
