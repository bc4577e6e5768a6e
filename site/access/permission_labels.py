"""Labels of permissions, which say in plain words what a person with a codename may do.

The rights screens show these sentences. They are kept together so that they are worded alike. An
app that adds a codename adds its sentence here or calls `declare_permission_label` in its
`grants.py`. A test compares the labels with the declared roles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

AREAS: dict[str, Text] = {
    "members": pgettext_lazy("area of rights", "Unions and members"),
    "training": pgettext_lazy("area of rights", "Training"),
    "competitions": pgettext_lazy("area of rights", "Competitions"),
    "certificates": pgettext_lazy("area of rights", "Certificates and honours"),
    "pages": pgettext_lazy("area of rights", "Pages"),
    "privacy": pgettext_lazy("area of rights", "Personal data"),
    "rights": pgettext_lazy("area of rights", "Roles and audit"),
}


@dataclass(frozen=True, slots=True)
class PermissionLabel:
    """One codename with its sentence and its area.

    The sentence has no full stop because sentences are joined.
    """

    codename: str
    sentence: Text
    area: str

    @property
    def area_label(self) -> Text:
        """Return the area's heading."""
        return AREAS[self.area]


_deeds: dict[str, PermissionLabel] = {}


def declare_permission_label(codename: str, sentence: Text, *, area: str) -> None:
    """Declare what *codename* means in words.

    A second call for a codename replaces the first. Raises `ValueError` if there is no such *area*.
    """
    if area not in AREAS:
        msg = f"no such area of rights: {area}"
        raise ValueError(msg)
    _deeds[codename] = PermissionLabel(codename, sentence, area)


def get_permission_label(codename: str) -> PermissionLabel:
    """Return the label of *codename*.

    A codename without a sentence is shown as it is (a test finds it).
    """
    return _deeds.get(codename) or PermissionLabel(codename, codename, "rights")


def list_labelled_codenames() -> frozenset[str]:
    """Return the codenames that have a sentence."""
    return frozenset(_deeds)


def sort_permission_labels(codenames: frozenset[str] | set[str]) -> list[PermissionLabel]:
    """Return the labels of *codenames*, with areas in the order of `AREAS` and labels of one area
    in the order of declaration.
    """
    place = {codename: at for at, codename in enumerate(_deeds)}
    area = {key: at for at, key in enumerate(AREAS)}
    return sorted(
        (get_permission_label(codename) for codename in codenames),
        key=lambda deed: (area[deed.area], place.get(deed.codename, 10**6), deed.codename),
    )


for _codename, _sentence in {
    "org.view_unit": _("see unions and their numbers of members"),
    "org.manage_unit": _("create, rename, move and merge unions"),
    "org.view_employer": _("see the employer's own details"),
    "people.view_person": _("see the members' roster, identity numbers masked"),
    "people.record_person": _("record people one by one"),
    "people.edit_person": _("change people's details, union and photos"),
    "people.look_up_identity": _("find a person by identity number"),
    "people.unmask_identity": _("see a full identity number, with a reason each time"),
    "people.export_people": _("export the members' roster"),
    "people.approve_export": _("approve a colleague's export of the members' roster"),
    "people.propose_merge": _("propose to merge duplicate records of a person"),
    "people.approve_merge": _("approve the merge of duplicate records of a person"),
    "people.manage_account": _("open and close members' accounts"),
    "office.import_roster": _("import rosters of members"),
    "office.import_tree": _("import unions from a spreadsheet"),
}.items():
    declare_permission_label(_codename, _sentence, area="members")
for _codename, _sentence in {
    "courses.manage_class": _("set up classes, handle enrolments, record attendance"),
    "courses.approve_class": _("approve classes before they open"),
    "courses.manage_places": _("admit people to a class, manage its waiting list, remove trainees"),
    "courses.view_roster": _("see a class and its trainees"),
    "courses.export_roster": _("export rosters of classes"),
    "courses.run_check_in": _("run sign-in for a class"),
    "courses.record_mark": _("record marks of exams"),
    "courses.edit_course": _("write courses and lessons"),
    "courses.edit_bank": _("write questions for the question bank"),
}.items():
    declare_permission_label(_codename, _sentence, area="training")
for _codename, _sentence in {
    "competitions.create_event": _("set up competitions"),
    "competitions.view_event": _("see a competition's organisation"),
    "competitions.manage_event": _("organise a competition: entries, judges, schedule"),
    "competitions.lead_judging": _("lead the judging panel and lock modules"),
    "competitions.judge": _("score on assigned score sheets"),
    "competitions.keep_codes": _("draw and unseal the blind numbers"),
    "competitions.witness": _("act as witness (second person)"),
    "competitions.compute_results": _("compute results"),
    "competitions.confirm_results": _("confirm results"),
    "competitions.publish_results": _("publish results"),
}.items():
    declare_permission_label(_codename, _sentence, area="competitions")
for _codename, _sentence in {
    "certification.view_register": _("look up the register of certificates"),
    "certification.issue": _("issue certificates"),
    "certification.suspend": _("suspend certificates and lift suspensions"),
    "certification.request_revocation": _("request the revocation of a certificate"),
    "certification.confirm_revocation": _("confirm or refuse a certificate's revocation"),
    "certification.import_historic": _("import paper certificates and undo imports"),
    "certification.confirm_historic": _(
        "compare imported paper certificates with the originals (second person)"
    ),
    "certification.edit_template": _("edit certificate designs"),
    "certification.manage_bodies": _("record which unions are registered as assessment bodies"),
    "certification.manage_honours": _("record titles and honours"),
    "certification.verify_batch": _("verify certificates from a spreadsheet"),
    "certification.watch": _("watch certificates for changes"),
    "api.keep_keys": _("create API keys"),
    "api.keep_webhooks": _("manage webhooks"),
}.items():
    declare_permission_label(_codename, _sentence, area="certificates")
declare_permission_label("cms.edit", _("write pages and news"), area="pages")
for _codename, _sentence in {
    "privacy.view_inventory": _("see the register of personal data"),
    "privacy.handle_request": _("decide requests about personal data"),
    "privacy.set_retention": _("set retention periods for personal data"),
}.items():
    declare_permission_label(_codename, _sentence, area="privacy")
for _codename, _sentence in {
    "access.view_roles": _("see who holds which role"),
    "access.grant_role": _("propose, approve and withdraw roles"),
    "access.appoint_admin": _("propose, approve and withdraw the three administrator roles"),
    "access.manage_accounts": _("open and close accounts"),
    "audit.view_events": _("read the audit log"),
    "audit.export_events": _("export the audit log"),
}.items():
    declare_permission_label(_codename, _sentence, area="rights")
