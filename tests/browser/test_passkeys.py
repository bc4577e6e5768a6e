"""Passkeys with Chromium's virtual authenticator: added by a person, used alone at the front door,
as a second factor, at the step-up.
"""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import expect

from people.login import policy
from tests.factories.ground import UserFactory
from tests.people.login.support import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


def put_key(page: Any) -> None:
    """Put an authenticator with a finger on it into the browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def by_password(page: Any, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("用户名或手机号").fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def clean(page: Any) -> list[str]:
    """Return what axe finds wrong."""
    page.complaints.allowed.append(
        "Applying inline style"
    )  # axe measures with inline styles; nothing of ours does
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "preload": False}
    )
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found.response["violations"]
    ]


def sign_out(page: Any) -> None:
    page.context.clear_cookies()


def test_a_passkey_is_added_and_signs_in_alone_and_as_second_factor(
    desktop: Any, settings: Any, monkeypatch: Any
) -> None:
    settings.CRAFTPATH_MFA_REQUIRED = True
    monkeypatch.setattr(policy, "_asked", [lambda user: user.username == "judge1"])
    user = UserFactory(username="judge1")
    put_key(desktop)

    # A judge without one is led to setting it up, and nowhere else.
    by_password(desktop, "judge1")
    desktop.wait_for_url("**/me/account/second-factor/**")
    assert clean(desktop) == []
    desktop.get_by_role("link", name="通行密钥").click()
    desktop.get_by_label("通行密钥名称").fill("办公电脑")
    assert clean(desktop) == []
    desktop.get_by_role("button", name="添加").click()
    desktop.wait_for_url("**/me/account/recovery-codes/")
    expect(desktop.locator(".spare li")).to_have_count(10)
    desktop.get_by_role("link", name="已保存，继续").click()
    desktop.wait_for_url("**/me/")
    assert Authenticator.objects.get(user=user, type="webauthn").wrap().name == "办公电脑"

    # Alone, without name or password.
    sign_out(desktop)
    desktop.goto("/sign-in/?next=/me/account/")
    assert clean(desktop) == []
    desktop.get_by_role("button", name="通行密钥登录").click()
    desktop.wait_for_url("**/me/account/")
    expect(desktop.get_by_text("通行密钥“办公电脑”")).to_be_visible()
    assert clean(desktop) == []

    # After the password.
    sign_out(desktop)
    by_password(desktop, "judge1")
    desktop.wait_for_url("**/sign-in/second/")
    assert clean(desktop) == []
    desktop.get_by_role("button", name="使用通行密钥").click()
    desktop.wait_for_url("**/me/")

    # Before a sensitive act, with another proof needed at once.
    settings.CRAFTPATH_STEP_UP_MINUTES = 0
    desktop.goto("/me/account/phone/")
    desktop.wait_for_url("**/sign-in/again/**")
    settings.CRAFTPATH_STEP_UP_MINUTES = 10
    assert clean(desktop) == []
    desktop.get_by_role("button", name="用通行密钥确认").click()
    desktop.wait_for_url("**/me/account/phone/")


def test_a_device_without_the_passkey_is_told_so_and_may_go_another_way(phone: Any) -> None:
    UserFactory(username="zhang")
    put_key(phone)
    phone.goto("/sign-in/")
    phone.get_by_role("button", name="通行密钥登录").click()
    expect(phone.locator("[data-said]")).to_be_visible()
    by_password(phone, "zhang")
    phone.wait_for_url("**/me/")


def test_the_front_door_works_with_the_keyboard_alone(desktop: Any) -> None:
    UserFactory(username="zhang")
    desktop.goto("/sign-in/")
    desktop.keyboard.type("zhang")  # the first field has the focus
    desktop.keyboard.press("Tab")
    desktop.keyboard.type(PASSWORD)
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/me/")
    desktop.goto("/me/account/")
    desktop.get_by_role("link", name="修改 密码").focus()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/me/account/password/")
