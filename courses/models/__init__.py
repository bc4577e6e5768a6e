"""Data of training and its invariants."""

from courses.models.course import CompletionRule, Course
from courses.models.enrolment import Attendance, Enrolment, Lesson, LessonProgress
from courses.models.exam import AnswerOp, Attempt, Exam, LateDecision, PartMark, Question, QuestionOption
from courses.models.reading import ReadingLease
from courses.models.training_class import ClassSession, TrainingClass, TrainingClassGroupPermission

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
    "TrainingClass",
    "TrainingClassGroupPermission",
]
