"""Route the addresses of the API, its documentation and its keys. A slash at the end is accepted
and not needed.
"""

from django.urls import path, re_path

from api.views import keys, v1, webhooks

app_name = "api"
urlpatterns = [
    path("api/v1/", keys.show_api_docs, name="docs"),
    path("api/v1/openapi.json", v1.send_openapi_document, name="openapi"),
    re_path(r"^api/v1/verifications/?$", v1.Verifications.as_view(), name="verifications"),
    re_path(r"^api/v1/verifications/batch/?$", v1.VerificationBatch.as_view(), name="batch"),
    re_path(
        r"^api/v1/certificates/(?P<code>[^/]{1,200})/?$",
        v1.CertificateStatus.as_view(),
        name="certificate",
    ),
    re_path(r"^api/v1/watchlist/?$", v1.Watchlist.as_view(), name="watchlist"),
    re_path(
        r"^api/v1/watchlist/(?P<public_id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?$",
        v1.WatchlistEntry.as_view(),
        name="watchlist_entry",
    ),
    re_path(r"^api/v1/(?P<rest>.{1,500})$", v1.answer_unknown_address, name="nothing"),
    path("api/keys/", keys.key_list, name="keys"),
    path("api/keys/<uuid:public_id>/revoke/", keys.revoke_key_view, name="revoke"),
    path("api/webhooks/", webhooks.webhook_list, name="webhooks"),
    path("api/webhooks/<uuid:public_id>/", webhooks.webhook_detail, name="webhook"),
    path("api/webhooks/<uuid:public_id>/test/", webhooks.webhook_test, name="webhook_test"),
    path("api/webhooks/<uuid:public_id>/secret/", webhooks.webhook_secret, name="webhook_secret"),
    path("api/webhooks/<uuid:public_id>/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path(
        "api/webhooks/<uuid:public_id>/<uuid:delivery_id>/again/",
        webhooks.webhook_resend,
        name="webhook_resend",
    ),
]
