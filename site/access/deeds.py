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
    "rights": pgettext_lazy("area of rights", "Roles and the record"),
}


@dataclass(frozen=True, slots=True)
class Deed:
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


_deeds: dict[str, Deed] = {}


def declare(codename: str, sentence: Text, *, area: str) -> None:
    """Declare what *codename* means in words.

    A second call for a codename replaces the first. Raises `ValueError` if there is no such *area*.
    """
    if area not in AREAS:
        msg = f"no such area of rights: {area}"
        raise ValueError(msg)
    _deeds[codename] = Deed(codename, sentence, area)


def get(codename: str) -> Deed:
    """Return the label of *codename*.

    A codename without a sentence is shown as it is (a test finds it).
    """
    return _deeds.get(codename) or Deed(codename, codename, "rights")


def known() -> frozenset[str]:
    """Return the codenames that have a sentence."""
    return frozenset(_deeds)


def in_order(codenames: frozenset[str] | set[str]) -> list[Deed]:
    """Return the labels of *codenames*, with areas in the order of `AREAS` and labels of one area
    in the order of declaration.
    """
    place = {codename: at for at, codename in enumerate(_deeds)}
    area = {key: at for at, key in enumerate(AREAS)}
    return sorted(
        (get(codename) for codename in codenames), key=lambda deed: (area[deed.area], place.get(deed.codename, 10**6), deed.codename)
    )


for _codename, _sentence in {
    "org.view_unit": _("see unions and their heads of members"),
    "org.manage_unit": _("found, rename, move and merge unions"),
    "org.view_employer": _("see the employer's own record"),
    "people.view_person": _("see the members' roster, identity numbers masked"),
    "people.record_person": _("record persons one by one"),
    "people.edit_person": _("correct persons' facts, belonging and photos"),
    "people.look_up_identity": _("find a person by identity number"),
    "people.unmask_identity": _("see a full identity number, each time with a reason"),
    "people.export_people": _("export the members' roster"),
    "people.approve_export": _("agree that a colleague takes the roster as a file"),
    "people.propose_merge": _("propose that two records are one person"),
    "people.approve_merge": _("agree that two records are one person"),
    "people.manage_account": _("open and close members' accounts"),
    "office.import_roster": _("import rosters of members"),
    "office.import_tree": _("import unions from a spreadsheet"),
}.items():
    declare(_codename, _sentence, area="members")
for _codename, _sentence in {
    "courses.manage_class": _("open classes, take enrolments, keep attendance"),
    "courses.approve_class": _("approve classes before they open"),
    "courses.manage_places": _("admit to a class, work its queue, take trainees off the list"),
    "courses.view_roster": _("see a class and its trainees"),
    "courses.export_roster": _("export rosters of classes"),
    "courses.run_check_in": _("run the sign-in of a class"),
    "courses.record_mark": _("record marks of exams"),
    "courses.edit_course": _("write courses and lessons"),
    "courses.edit_bank": _("write questions of the bank"),
}.items():
    declare(_codename, _sentence, area="training")
for _codename, _sentence in {
    "competitions.create_event": _("set up competitions"),
    "competitions.view_event": _("look into a competition's office"),
    "competitions.manage_event": _("run a competition: entries, judges, order of the day"),
    "competitions.lead_judging": _("lead the judges and lock modules"),
    "competitions.judge": _("score on the sheets assigned"),
    "competitions.keep_codes": _("draw and open the blind numbers"),
    "competitions.witness": _("witness as second person"),
    "competitions.compute_results": _("compute results"),
    "competitions.confirm_results": _("confirm results"),
    "competitions.publish_results": _("publish results"),
}.items():
    declare(_codename, _sentence, area="competitions")
for _codename, _sentence in {
    "certification.view_register": _("look up the register of certificates"),
    "certification.issue": _("issue certificates"),
    "certification.suspend": _("suspend certificates and lift it"),
    "certification.request_revocation": _("ask that a certificate be revoked"),
    "certification.confirm_revocation": _("confirm or refuse a revocation"),
    "certification.import_historic": _("take certificates over from paper, and take an import back"),
    "certification.confirm_historic": _("compare papers taken over with the originals, as second person"),
    "certification.edit_template": _("draw the forms of certificates"),
    "certification.manage_bodies": _("record which unions are filed as assessment bodies"),
    "certification.manage_honours": _("record titles and honours"),
    "certification.verify_batch": _("verify certificates by the sheet"),
    "certification.watch": _("keep certificates on the watch-list"),
    "api.keep_keys": _("make keys for programs"),
    "api.keep_webhooks": _("keep webhooks"),
}.items():
    declare(_codename, _sentence, area="certificates")
declare("cms.edit", _("write pages and news"), area="pages")
for _codename, _sentence in {
    "privacy.view_inventory": _("see the register of personal data"),
    "privacy.handle_request": _("decide requests about personal data"),
    "privacy.set_retention": _("set how long personal data is kept"),
}.items():
    declare(_codename, _sentence, area="privacy")
for _codename, _sentence in {
    "access.view_roles": _("see who holds which role"),
    "access.grant_role": _("propose, agree to and withdraw roles"),
    "access.appoint_admin": _("propose, agree to and withdraw the three administrators"),
    "access.manage_accounts": _("open and close accounts"),
    "audit.view_events": _("read the record of who did what"),
    "audit.export_events": _("export the record of who did what"),
}.items():
    declare(_codename, _sentence, area="rights")
