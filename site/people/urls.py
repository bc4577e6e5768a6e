"""Addresses of sign-in and of one's own account."""

from django.urls import path

from people.views import account, again, by_code, outside, second_factor, sign_in

app_name = "people"
urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-in/demo/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("sign-in/passkey/", sign_in.passkey_sign_in, name="passkey_sign_in"),
    path(
        "sign-in/passkey/options/", sign_in.passkey_sign_in_options, name="passkey_sign_in_options"
    ),
    path("sign-in/again/", again.sign_in_again, name="sign_in_again"),
    path("sign-in/session/", sign_in.session_state, name="session_state"),
    path("sign-in/renewed/", sign_in.session_renewed, name="session_renewed"),
    path("sign-in/code/", by_code.sign_in_by_code, name="by_code"),
    path("sign-in/code/enter/", by_code.code_enter, name="code_enter"),
    path("sign-in/code/choose/", by_code.code_choose, name="code_choose"),
    path("sign-in/forgot/", by_code.start_password_reset, name="forgot"),
    path("sign-in/forgot/enter/", by_code.forgot_enter, name="forgot_enter"),
    path("sign-in/forgot/password/", by_code.forgot_password, name="forgot_password"),
    path("sign-in/first/", by_code.start_activation, name="first"),
    path("sign-in/first/password/", by_code.first_password, name="first_password"),
    path("sign-in/with/unknown/", outside.show_unknown_identity, name="outside_unknown"),
    path("sign-in/with/<slug:provider_id>/", outside.start_outside_sign_in, name="outside"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("me/account/", account.show_account, name="account"),
    path("me/account/password/", account.change_own_password, name="password"),
    path("me/account/phone/", account.change_own_phone, name="phone"),
    path("me/account/phone/enter/", account.phone_enter, name="phone_enter"),
    path("me/account/phone/remove/", account.phone_remove, name="phone_remove"),
    path("me/account/mail/", account.change_own_mail, name="mail"),
    path("me/account/mail/enter/", account.mail_enter, name="mail_enter"),
    path("me/account/mail/remove/", account.mail_remove, name="mail_remove"),
    path("me/account/second-factor/", second_factor.set_up, name="second_factor"),
    path("me/account/app/", second_factor.app_add, name="app_add"),
    path("me/account/passkeys/add/", second_factor.passkey_add, name="passkey_add"),
    path(
        "me/account/passkeys/<int:pk>/rename/", second_factor.passkey_rename, name="passkey_rename"
    ),
    path("me/account/factors/<int:pk>/remove/", second_factor.factor_remove, name="factor_remove"),
    path("me/account/recovery-codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("me/account/sessions/<int:pk>/end/", account.session_end, name="session_end"),
    path("me/account/sessions/end/", account.sessions_end, name="sessions_end"),
    path("me/account/link/", outside.confirm_identity_link, name="link"),
    path("me/account/link/<slug:provider_id>/", outside.start_link, name="start_link"),
    path("me/account/links/<int:pk>/remove/", account.unlink_identity, name="unlink"),
]
