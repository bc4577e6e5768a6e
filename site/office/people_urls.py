"""Addresses of the people desk."""

from django.urls import path

from office.views import duplicates, exports, people, person, sign_in_help

urlpatterns = [
    path("office/people/", people.people_list, name="people"),
    path("office/people/new/", people.person_new, name="person_new"),
    path("office/people/look-up/", people.person_look_up, name="person_look_up"),
    path("office/people/export/", people.people_list_export, name="people_export"),
    path("office/people/export/ask/", exports.people_export_ask, name="people_export_ask"),
    path("office/people/exports/", exports.export_list, name="people_exports"),
    path(
        "office/people/exports/<uuid:public_id>/",
        exports.people_export_detail,
        name="people_export_detail",
    ),
    path(
        "office/people/exports/<uuid:public_id>/agree/",
        exports.people_export_agree,
        name="people_export_agree",
    ),
    path(
        "office/people/exports/<uuid:public_id>/decline/",
        exports.people_export_decline,
        name="people_export_decline",
    ),
    path(
        "office/people/exports/<uuid:public_id>/withdraw/",
        exports.people_export_withdraw,
        name="people_export_withdraw",
    ),
    path(
        "office/people/exports/<uuid:public_id>/delete/",
        exports.people_export_delete,
        name="people_export_delete",
    ),
    path(
        "office/people/exports/<uuid:public_id>/list.xlsx",
        exports.people_export_take,
        name="people_export_take",
    ),
    path("office/duplicates/", duplicates.pair_list, name="duplicates"),
    path("office/duplicates/scan/", duplicates.duplicates_scan, name="duplicates_scan"),
    path("office/duplicates/<uuid:public_id>/", duplicates.duplicate_pair, name="duplicate_pair"),
    path(
        "office/duplicates/<uuid:public_id>/different/",
        duplicates.duplicate_different,
        name="duplicate_different",
    ),
    path(
        "office/duplicates/<uuid:public_id>/again/",
        duplicates.duplicate_again,
        name="duplicate_again",
    ),
    path("office/duplicates/merges/<uuid:public_id>/", duplicates.merge_detail, name="merge"),
    path(
        "office/duplicates/merges/<uuid:public_id>/agree/",
        duplicates.merge_agree,
        name="merge_agree",
    ),
    path(
        "office/duplicates/merges/<uuid:public_id>/refuse/",
        duplicates.merge_refuse,
        name="merge_refuse",
    ),
    path(
        "office/duplicates/merges/<uuid:public_id>/withdraw/",
        duplicates.merge_withdraw,
        name="merge_withdraw",
    ),
    path("office/people/<uuid:public_id>/", person.person_detail, name="person"),
    path("office/people/<uuid:public_id>/photo.jpg", person.photo_file, name="person_photo_file"),
    path("office/people/<uuid:public_id>/facts/", person.person_facts, name="person_facts"),
    path("office/people/<uuid:public_id>/name/", person.person_rename, name="person_name"),
    path(
        "office/people/<uuid:public_id>/identity/", person.person_identity, name="person_identity"
    ),
    path(
        "office/people/<uuid:public_id>/identity/show/",
        person.person_identity_show,
        name="person_identity_show",
    ),
    path("office/people/<uuid:public_id>/photo/", person.person_photo, name="person_photo"),
    path(
        "office/people/<uuid:public_id>/photo/remove/",
        person.photo_remove,
        name="person_photo_remove",
    ),
    path(
        "office/people/<uuid:public_id>/transfer/", person.person_transfer, name="person_transfer"
    ),
    path("office/people/<uuid:public_id>/join/", person.person_join, name="person_join"),
    path("office/people/<uuid:public_id>/leave/", person.person_leave, name="person_leave"),
    path("office/people/<uuid:public_id>/resume/", person.person_resume, name="person_resume"),
    path("office/people/<uuid:public_id>/work/", person.person_employ, name="person_employ"),
    path(
        "office/people/<uuid:public_id>/work/<int:pk>/end/",
        person.person_employment_end,
        name="person_employment_end",
    ),
    path("office/people/<uuid:public_id>/account/", person.person_account, name="person_account"),
    path(
        "office/people/<uuid:public_id>/sign-in/",
        sign_in_help.sign_in_help,
        name="person_sign_in_help",
    ),
    path(
        "office/people/<uuid:public_id>/account/close/",
        person.account_close,
        name="person_account_close",
    ),
    path(
        "office/people/<uuid:public_id>/account/reopen/",
        person.account_reopen,
        name="person_account_reopen",
    ),
]
