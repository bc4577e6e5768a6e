"""Addresses of the pages about unions and employers."""

from django.urls import path

from office.views import employers, units

urlpatterns = [
    path("office/unions/", units.unit_tree, name="tree"),
    path("office/unions/new/", units.unit_new, name="unit_new"),
    path("office/unions/export/", units.unit_export, name="unit_export"),
    path("office/unions/<uuid:public_id>/", units.unit_page, name="unit"),
    path("office/unions/<uuid:public_id>/edit/", units.unit_edit, name="unit_edit"),
    path("office/unions/<uuid:public_id>/rename/", units.unit_rename, name="unit_rename"),
    path("office/unions/<uuid:public_id>/move/", units.unit_move, name="unit_move"),
    path("office/unions/<uuid:public_id>/merge/", units.unit_merge, name="unit_merge"),
    path("office/unions/<uuid:public_id>/dissolve/", units.unit_dissolve, name="unit_dissolve"),
    path("office/unions/<uuid:public_id>/restore/", units.unit_restore, name="unit_restore"),
    path("office/unions/<uuid:public_id>/activate/", units.unit_activate, name="unit_activate"),
    path("office/unions/<uuid:public_id>/industry/", units.unit_link, name="unit_link"),
    path("office/unions/<uuid:public_id>/industry/end/", units.unit_unlink, name="unit_unlink"),
    path(
        "office/unions/<uuid:public_id>/changes/<uuid:change_id>/annul/",
        units.unit_annul,
        name="unit_annul",
    ),
    path("office/employers/", employers.employer_list, name="employers"),
    path("office/employers/new/", employers.employer_new, name="employer_new"),
    path("office/employers/export/", employers.employer_export, name="employer_export"),
    path("office/employers/<uuid:public_id>/", employers.employer_page, name="employer"),
    path("office/employers/<uuid:public_id>/edit/", employers.employer_edit, name="employer_edit"),
    path(
        "office/employers/<uuid:public_id>/rename/",
        employers.employer_rename,
        name="employer_rename",
    ),
    path(
        "office/employers/<uuid:public_id>/unions/", employers.employer_link, name="employer_link"
    ),
    path(
        "office/employers/<uuid:public_id>/unions/<uuid:unit_id>/end/",
        employers.employer_unlink,
        name="employer_unlink",
    ),
    path(
        "office/employers/<uuid:public_id>/merge/", employers.employer_merge, name="employer_merge"
    ),
]
