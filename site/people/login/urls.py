"""Addresses whose names django-allauth looks up, which is why they are in no namespace.

Wagtail's own sign-in page is redirected to ours.
"""

from django.urls import path

from people.login import dingtalk, wecom, weixin
from people.views import outside, second_factor, sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-in/second/", second_factor.ask_second_factor, name="mfa_authenticate"),
    path(
        "sign-in/with/wecom/back/",
        outside.only_if_on("wecom", wecom.callback),
        name="wecom_callback",
    ),
    path(
        "sign-in/with/dingtalk/back/",
        outside.only_if_on("dingtalk", dingtalk.callback),
        name="dingtalk_callback",
    ),
    path(
        "sign-in/with/weixin/back/",
        outside.only_if_on("weixin", weixin.callback),
        name="weixin_callback",
    ),
    path(
        "sign-in/with/<slug:provider_id>/back/", outside.openid_back, name="openid_connect_callback"
    ),
    path("manage/login/", sign_in.to_sign_in, name="manage_login"),
    path("manage/password_reset/", sign_in.to_sign_in, name="manage_password_reset"),
]
