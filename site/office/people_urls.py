"""Addresses of the people desk."""

from django.urls import path

from office.views import duplicates, people, person, sign_in_help

urlpatterns = [
    path("office/people/", people.people, name="people"),
    path("office/people/new/", people.new, name="person_new"),
    path("office/people/look-up/", people.look_up, name="person_look_up"),
    path("office/people/export/", people.export, name="people_export"),
    path("office/duplicates/", duplicates.pair_list, name="duplicates"),
    path("office/duplicates/scan/", duplicates.scan, name="duplicates_scan"),
    path("office/duplicates/<uuid:public_id>/", duplicates.pair, name="duplicate_pair"),
    path("office/duplicates/<uuid:public_id>/different/", duplicates.different, name="duplicate_different"),
    path("office/duplicates/<uuid:public_id>/again/", duplicates.again, name="duplicate_again"),
    path("office/duplicates/merges/<uuid:public_id>/", duplicates.proposal, name="merge"),
    path("office/duplicates/merges/<uuid:public_id>/agree/", duplicates.agree, name="merge_agree"),
    path("office/duplicates/merges/<uuid:public_id>/refuse/", duplicates.refuse, name="merge_refuse"),
    path("office/duplicates/merges/<uuid:public_id>/withdraw/", duplicates.withdraw, name="merge_withdraw"),
    path("office/people/<uuid:public_id>/", person.detail, name="person"),
    path("office/people/<uuid:public_id>/photo.jpg", person.photo_file, name="person_photo_file"),
    path("office/people/<uuid:public_id>/facts/", person.facts, name="person_facts"),
    path("office/people/<uuid:public_id>/name/", person.name, name="person_name"),
    path("office/people/<uuid:public_id>/identity/", person.identity, name="person_identity"),
    path("office/people/<uuid:public_id>/identity/show/", person.show_identity, name="person_identity_show"),
    path("office/people/<uuid:public_id>/photo/", person.photo, name="person_photo"),
    path("office/people/<uuid:public_id>/photo/remove/", person.photo_remove, name="person_photo_remove"),
    path("office/people/<uuid:public_id>/transfer/", person.transfer, name="person_transfer"),
    path("office/people/<uuid:public_id>/join/", person.join, name="person_join"),
    path("office/people/<uuid:public_id>/leave/", person.leave, name="person_leave"),
    path("office/people/<uuid:public_id>/resume/", person.resume, name="person_resume"),
    path("office/people/<uuid:public_id>/work/", person.employ, name="person_employ"),
    path("office/people/<uuid:public_id>/work/<int:pk>/end/", person.end_employment, name="person_employment_end"),
    path("office/people/<uuid:public_id>/account/", person.account, name="person_account"),
    path("office/people/<uuid:public_id>/sign-in/", sign_in_help.sign_in_help, name="person_sign_in_help"),
    path("office/people/<uuid:public_id>/account/close/", person.account_close, name="person_account_close"),
    path("office/people/<uuid:public_id>/account/reopen/", person.account_reopen, name="person_account_reopen"),
]
