"""Addresses for everybody's own data, and for the data protection officer's desk."""

from django.urls import path

from oversight.views import mydata, privacy

urlpatterns = [
    path("me/data/", mydata.my_data, name="my_data"),
    path("me/data/notice/", mydata.notice, name="notice"),
    path("me/data/consent/<slug:purpose>/<slug:act>/", mydata.consent, name="consent"),
    path("me/data/number/", mydata.own_number, name="own_number"),
    path("me/data/copy/", mydata.export_new, name="export_new"),
    path("me/data/copy/<uuid:public_id>/", mydata.export_file, name="export_file"),
    path("me/data/copy/<uuid:public_id>/delete/", mydata.export_delete, name="export_delete"),
    path("me/data/correction/", mydata.correction, name="correction"),
    path("me/data/deletion/", mydata.erasure, name="erasure"),
    path("me/data/deletion/confirm/", mydata.erasure_confirm, name="erasure_confirm"),
    path("me/data/requests/<uuid:public_id>/", mydata.my_request, name="my_request"),
    path("me/data/requests/<uuid:public_id>/withdraw/", mydata.withdraw_request, name="withdraw_request"),
    path("me/data/requests/<uuid:public_id>/proof/", mydata.my_evidence, name="my_evidence"),
    path("oversight/privacy/inventory/", privacy.inventory, name="inventory"),
    path("oversight/privacy/inventory.xlsx", privacy.inventory_sheet, name="inventory_sheet"),
    path("oversight/privacy/assessment/", privacy.assessment, name="assessment"),
    path("oversight/privacy/requests/", privacy.requests, name="privacy_requests"),
    path("oversight/privacy/requests.xlsx", privacy.requests_sheet, name="privacy_requests_sheet"),
    path("oversight/privacy/requests/<uuid:public_id>/", privacy.request_detail, name="privacy_request"),
    path("oversight/privacy/requests/<uuid:public_id>/proof/", privacy.evidence, name="privacy_evidence"),
    path("oversight/privacy/requests/<uuid:public_id>/prepare/", privacy.prepare, name="privacy_prepare"),
    path("oversight/privacy/requests/<uuid:public_id>/execute/", privacy.execute, name="privacy_execute"),
    path("oversight/privacy/requests/<uuid:public_id>/<slug:act>/", privacy.decide, name="privacy_decide"),
    path("oversight/privacy/notice/", privacy.policy, name="privacy_policy"),
    path("oversight/privacy/notice/<uuid:public_id>/publish/", privacy.policy_publish, name="privacy_publish"),
    path("oversight/privacy/retention/", privacy.retention, name="retention"),
    path("oversight/privacy/retention/<slug:key>/", privacy.retention_kind, name="retention_kind"),
    path("oversight/privacy/retention/rules/<uuid:public_id>/<slug:act>/", privacy.retention_act, name="retention_act"),
]
