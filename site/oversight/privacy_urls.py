"""Addresses for everybody's own data, and for the data protection officer's desk."""

from django.urls import path

from oversight.views import mydata, privacy

urlpatterns = [
    path("me/data/", mydata.my_data, name="my_data"),
    path("me/data/notice/", mydata.my_notice, name="notice"),
    path("me/data/consent/<slug:purpose>/<slug:act>/", mydata.my_consent, name="consent"),
    path("me/data/number/", mydata.own_number, name="own_number"),
    path("me/data/copy/", mydata.export_new, name="export_new"),
    path("me/data/copy/<uuid:public_id>/", mydata.my_export_file, name="export_file"),
    path("me/data/copy/<uuid:public_id>/delete/", mydata.export_delete, name="export_delete"),
    path("me/data/correction/", mydata.my_correction, name="correction"),
    path("me/data/deletion/", mydata.my_erasure, name="erasure"),
    path("me/data/deletion/confirm/", mydata.erasure_confirm, name="erasure_confirm"),
    path("me/data/requests/<uuid:public_id>/", mydata.my_request, name="my_request"),
    path(
        "me/data/requests/<uuid:public_id>/withdraw/",
        mydata.withdraw_request,
        name="withdraw_request",
    ),
    path("me/data/requests/<uuid:public_id>/proof/", mydata.my_evidence, name="my_evidence"),
    path("oversight/privacy/inventory/", privacy.data_inventory, name="inventory"),
    path("oversight/privacy/inventory.xlsx", privacy.inventory_sheet, name="inventory_sheet"),
    path("oversight/privacy/assessment/", privacy.impact_assessment, name="assessment"),
    path("oversight/privacy/requests/", privacy.request_list, name="privacy_requests"),
    path("oversight/privacy/requests.xlsx", privacy.requests_sheet, name="privacy_requests_sheet"),
    path(
        "oversight/privacy/requests/<uuid:public_id>/",
        privacy.request_detail,
        name="privacy_request",
    ),
    path(
        "oversight/privacy/requests/<uuid:public_id>/proof/",
        privacy.request_evidence,
        name="privacy_evidence",
    ),
    path(
        "oversight/privacy/requests/<uuid:public_id>/prepare/",
        privacy.erasure_prepare,
        name="privacy_prepare",
    ),
    path(
        "oversight/privacy/requests/<uuid:public_id>/execute/",
        privacy.erasure_execute,
        name="privacy_execute",
    ),
    path(
        "oversight/privacy/requests/<uuid:public_id>/<slug:act>/",
        privacy.request_decide,
        name="privacy_decide",
    ),
    path("oversight/privacy/notice/", privacy.policy_edit, name="privacy_policy"),
    path(
        "oversight/privacy/notice/<uuid:public_id>/publish/",
        privacy.policy_publish,
        name="privacy_publish",
    ),
    path("oversight/privacy/retention/", privacy.retention_list, name="retention"),
    path("oversight/privacy/retention/<slug:key>/", privacy.retention_kind, name="retention_kind"),
    path(
        "oversight/privacy/retention/rules/<uuid:public_id>/<slug:act>/",
        privacy.retention_act,
        name="retention_act",
    ),
]
