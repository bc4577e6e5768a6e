"""Addresses of `notify`."""

from __future__ import annotations

from django.urls import path

from notify.views import inbox, preferences, push

app_name = "notify"
urlpatterns = [
    path("messages/", inbox.message_list, name="inbox"),
    path("messages/read-all/", inbox.message_read_all, name="read_all"),
    path("messages/preferences/", preferences.message_preferences, name="preferences"),
    path("messages/preferences/sms/", preferences.sms_consent, name="sms_consent"),
    path("messages/trial/", preferences.send_trial_message, name="trial"),
    path("messages/unsubscribe/<str:token>/", preferences.unsubscribe_by_link, name="unsubscribe"),
    path("messages/push/", push.push_subscribe, name="push_subscribe"),
    path("messages/push/<uuid:public_id>/remove/", push.push_remove, name="push_remove"),
    path("messages/<uuid:public_id>/", inbox.message_detail, name="message"),
    path("messages/<uuid:public_id>/mark/", inbox.message_mark, name="mark"),
    path("push-worker.js", push.push_worker, name="push_worker"),
]
