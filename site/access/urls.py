"""Addresses of the rights desk."""

from django.urls import path, register_converter

from access.views import desk, person, proposals, reviews


class SheetKind:
    """A path converter for the two file types of exported lists, xlsx and csv."""

    regex = "xlsx|csv"

    def to_python(self, value: str) -> str:
        """Return *value*."""
        return value

    def to_url(self, value: str) -> str:
        """Return *value*."""
        return value


register_converter(SheetKind, "sheet")

app_name = "access"
urlpatterns = [
    path("office/access/", desk.show_roles_desk, name="desk"),
    path("office/access/people/", desk.search_accounts, name="people"),
    path("office/access/people/<uuid:handle>/", person.show_person_rights, name="person"),
    path(
        "office/access/people/<uuid:handle>/roles.<sheet:kind>",
        person.person_sheet,
        name="person_sheet",
    ),
    path("office/access/where/", person.show_who_may, name="where"),
    path("office/access/where/holders.<sheet:kind>", person.where_sheet, name="where_sheet"),
    path("office/access/new/", proposals.propose_new_role, name="new"),
    path(
        "office/access/proposals/<uuid:public_id>/", proposals.show_role_proposal, name="proposal"
    ),
    path(
        "office/access/proposals/<uuid:public_id>/agree/", proposals.agree_to_proposal, name="agree"
    ),
    path(
        "office/access/proposals/<uuid:public_id>/take-up/",
        proposals.take_up_proposal,
        name="take_up",
    ),
    path(
        "office/access/proposals/<uuid:public_id>/decline/",
        proposals.decline_proposal,
        name="decline",
    ),
    path(
        "office/access/proposals/<uuid:public_id>/retract/",
        proposals.retract_proposal,
        name="retract",
    ),
    path("office/access/roles/", desk.show_role_list, name="roles"),
    path("office/access/roles.<sheet:kind>", desk.roles_sheet, name="roles_sheet"),
    path(
        "office/access/roles/<uuid:public_id>/extend/",
        proposals.request_role_extension,
        name="extend",
    ),
    path(
        "office/access/roles/<uuid:public_id>/withdraw/",
        proposals.withdraw_role_assignment,
        name="withdraw",
    ),
    path("office/access/log/", desk.show_roles_log, name="log"),
    path("office/access/reviews/", reviews.show_role_reviews, name="reviews"),
    path("office/access/reviews/<uuid:public_id>/", reviews.show_role_review, name="review"),
    path(
        "office/access/reviews/<uuid:public_id>/<uuid:item>/keep/",
        reviews.keep_reviewed_role,
        name="review_keep",
    ),
    path(
        "office/access/reviews/<uuid:public_id>/<uuid:item>/drop/",
        reviews.withdraw_reviewed_role,
        name="review_drop",
    ),
]
