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
    path("office/access/", desk.home, name="desk"),
    path("office/access/people/", desk.people, name="people"),
    path("office/access/people/<uuid:handle>/", person.person, name="person"),
    path("office/access/people/<uuid:handle>/roles.<sheet:kind>", person.person_sheet, name="person_sheet"),
    path("office/access/where/", person.where, name="where"),
    path("office/access/where/holders.<sheet:kind>", person.where_sheet, name="where_sheet"),
    path("office/access/new/", proposals.new, name="new"),
    path("office/access/proposals/<uuid:public_id>/", proposals.proposal, name="proposal"),
    path("office/access/proposals/<uuid:public_id>/agree/", proposals.agree, name="agree"),
    path("office/access/proposals/<uuid:public_id>/take-up/", proposals.take_up, name="take_up"),
    path("office/access/proposals/<uuid:public_id>/decline/", proposals.decline, name="decline"),
    path("office/access/proposals/<uuid:public_id>/retract/", proposals.retract, name="retract"),
    path("office/access/roles/", desk.roles, name="roles"),
    path("office/access/roles.<sheet:kind>", desk.roles_sheet, name="roles_sheet"),
    path("office/access/roles/<uuid:public_id>/extend/", proposals.extend, name="extend"),
    path("office/access/roles/<uuid:public_id>/withdraw/", proposals.withdraw, name="withdraw"),
    path("office/access/log/", desk.log, name="log"),
    path("office/access/reviews/", reviews.reviews, name="reviews"),
    path("office/access/reviews/<uuid:public_id>/", reviews.review, name="review"),
    path("office/access/reviews/<uuid:public_id>/<uuid:item>/keep/", reviews.keep, name="review_keep"),
    path("office/access/reviews/<uuid:public_id>/<uuid:item>/drop/", reviews.drop, name="review_drop"),
]
