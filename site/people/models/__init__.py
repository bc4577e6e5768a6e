"""Accounts, persons and their identity numbers."""

from people.models.merge import MergeProposal, SuspectedPair
from people.models.person import FormerName, IdentityDocument, Person
from people.models.privacy import (
    Consent,
    DataExport,
    NoticeRead,
    PolicyVersion,
    PrivacyRequest,
    RetentionRule,
    RetentionRun,
)
from people.models.sign_in import KnownDevice, OneTimeCode
from people.models.user import User

__all__ = [
    "Consent",
    "DataExport",
    "FormerName",
    "IdentityDocument",
    "KnownDevice",
    "MergeProposal",
    "NoticeRead",
    "OneTimeCode",
    "Person",
    "PolicyVersion",
    "PrivacyRequest",
    "RetentionRule",
    "RetentionRun",
    "SuspectedPair",
    "User",
]
