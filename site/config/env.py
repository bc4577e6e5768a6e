"""List the settings an operator may change. They are read from the environment, typed and
documented.

`PYTHONPATH=site python -m config.env` prints the table in `site/docs/settings.md`, and a test keeps
the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from environs import Env, EnvError

from core.addresses import AddressError, normalise_address

env = Env()


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable, with its name, its type (an `environs` parser), its default and what it means."""

    name: str
    kind: str
    default: Any
    meaning: str

    def read(self) -> Any:
        """Return the typed value. Raises `SettingError` with a sentence an operator understands."""
        try:
            return getattr(env, self.kind)(self.name, self.default)
        except (EnvError, ValueError) as error:
            msg = f"{self.name} must be of type {self.kind}: {error}"
            raise SettingError(msg) from error


class SettingError(RuntimeError):
    """A setting is missing or of the wrong type."""


SETTINGS = (
    Setting(
        "CRAFTPATH_VAR",
        "str",
        "var",
        "Folder for the database, keys, files and index of the embedded form.",
    ),
    Setting(
        "CRAFTPATH_SECRET_KEY",
        "str",
        "",
        "Django's signing key. Production: required, 50 characters or more.",
    ),
    Setting(
        "CRAFTPATH_IDENTITY_KEYS",
        "list",
        [],
        "Keys for identity numbers, newest first, as made by `manage.py make_keys`. "
        "Production: required.",
    ),
    Setting(
        "CRAFTPATH_HOSTS", "list", ["127.0.0.1", "localhost"], "Host names this site answers to."
    ),
    Setting(
        "CRAFTPATH_BASE_URL",
        "str",
        "http://127.0.0.1:8000",
        "The site's present address, scheme, host and port: printed into certificates and mails, and the issuer's name (did:web). "
        "Nothing is signed until it is set. Production: required.",
    ),
    Setting(
        "CRAFTPATH_FORMER_ADDRESSES",
        "list",
        [],
        "Addresses the site had before, such as http://cert.example.cn, https://www.example.cn:8443. Keep their names pointing here: "
        "each goes on answering with the keys and status lists under which certificates of its time were issued.",
    ),
    Setting("CRAFTPATH_SITE_NAME", "str", "匠路", "Name in the page title and on the bar."),
    Setting("CRAFTPATH_ICP", "str", "", "ICP filing number for the footer."),
    Setting("CRAFTPATH_POLICE_RECORD", "str", "", "Public-security filing number for the footer."),
    Setting(
        "CRAFTPATH_DEMO",
        "bool",
        False,
        "Show one sign-in button for each role. Refused in production.",
    ),
    Setting(
        "DATABASE_URL",
        "str",
        "",
        "PostgreSQL address, as postgres://user:password@host/name. Production: required.",
    ),
    Setting(
        "REDIS_URL",
        "str",
        "",
        "Redis address for cache and counters, as redis://host:6379/0. Production: required.",
    ),
    Setting("CELERY_BROKER_URL", "str", "", "Broker of the background work; REDIS_URL unless set."),
    Setting("ELASTICSEARCH_URL", "str", "", "Elasticsearch 8 address. Production: required."),
    Setting(
        "ELASTICSEARCH_PREFIX",
        "str",
        "craftpath",
        "Prefix of the index names, so that two sites can share a cluster.",
    ),
    Setting(
        "S3_BUCKET",
        "str",
        "",
        "Bucket for uploaded files and certificates; empty: the folder CRAFTPATH_VAR/files.",
    ),
    Setting("S3_ENDPOINT", "str", "", "Address of the S3-compatible store."),
    Setting(
        "CRAFTPATH_TRUSTED_PROXY",
        "bool",
        True,
        "Production: believe X-Forwarded-Proto and X-Forwarded-For of the proxy in front.",
    ),
    Setting(
        "CRAFTPATH_HSTS_SECONDS",
        "int",
        31536000,
        "How long browsers shall insist on HTTPS (production).",
    ),
    Setting(
        "CRAFTPATH_STEP_UP_MINUTES",
        "int",
        10,
        "How old a sign-in may be before a sensitive act asks for it again.",
    ),
    Setting(
        "CRAFTPATH_MFA_REQUIRED",
        "bool",
        True,
        "Staff, judges and examiners need a second factor. Always off in the demo, whose "
        "buttons ask for nothing.",
    ),
    Setting(
        "CRAFTPATH_PASSWORD_KINDS",
        "int",
        3,
        "How many kinds of characters (small, capital, digit, other) a new password needs.",
    ),
    Setting(
        "CRAFTPATH_STAFF_PASSWORD_DAYS",
        "int",
        0,
        "After how many days staff, judges and examiners choose a new password; 0: never.",
    ),
    Setting(
        "CRAFTPATH_STAFF_IDLE_MINUTES",
        "int",
        30,
        "After how many idle minutes staff, judges and examiners are signed out; 0: never.",
    ),
    Setting(
        "CRAFTPATH_SMS_GATEWAY",
        "str",
        "",
        "Dotted path of the class that sends short messages, such as `core.sms.HttpsGateway`; "
        "empty: the terminal in the embedded form, none in production.",
    ),
    Setting("CRAFTPATH_SMS_URL", "str", "", "Address of the SMS gateway (HTTPS)."),
    Setting("CRAFTPATH_SMS_KEY", "str", "", "Name under which the SMS gateway knows this site."),
    Setting(
        "CRAFTPATH_SMS_SECRET",
        "str",
        "",
        "Shared secret with which messages to the SMS gateway are signed (HMAC-SHA256).",
    ),
    Setting(
        "CRAFTPATH_SMS_SIGN", "str", "匠路", "Registered signature (短信签名) of the messages."
    ),
    Setting(
        "CRAFTPATH_ROLE_MAX_DAYS",
        "int",
        730,
        "The longest a role may be given for, in days; it can be extended.",
    ),
    Setting(
        "CRAFTPATH_OIDC_URL",
        "str",
        "",
        "Address of an OpenID Connect provider; with CRAFTPATH_OIDC_CLIENT_ID its button appears.",
    ),
    Setting(
        "CRAFTPATH_OIDC_NAME",
        "str",
        "统一身份认证",
        "What the button of the OpenID Connect provider says.",
    ),
    Setting(
        "CRAFTPATH_OIDC_CLIENT_ID", "str", "", "Client of this site at the OpenID Connect provider."
    ),
    Setting("CRAFTPATH_OIDC_SECRET", "str", "", "Its secret."),
    Setting(
        "CRAFTPATH_WECOM_CORP_ID",
        "str",
        "",
        "WeCom (企业微信): CorpID; with it the button appears.",
    ),
    Setting("CRAFTPATH_WECOM_AGENT_ID", "str", "", "WeCom: AgentId of the application."),
    Setting("CRAFTPATH_WECOM_SECRET", "str", "", "WeCom: Secret of the application."),
    Setting(
        "CRAFTPATH_DINGTALK_CLIENT_ID",
        "str",
        "",
        "DingTalk (钉钉): AppKey; with it the button appears.",
    ),
    Setting("CRAFTPATH_DINGTALK_SECRET", "str", "", "DingTalk: AppSecret."),
    Setting(
        "CRAFTPATH_WEIXIN_CLIENT_ID",
        "str",
        "",
        "WeChat (微信开放平台): AppID of the website application; with it the button appears.",
    ),
    Setting("CRAFTPATH_WEIXIN_SECRET", "str", "", "WeChat: AppSecret."),
    Setting(
        "CRAFTPATH_WEIXIN_ACCOUNT_ID",
        "str",
        "",
        "WeChat: AppID of the official account (服务号), for sign-in inside WeChat on a phone. Bind it and the website application to one "
        "account of the open platform, or people link twice.",
    ),
    Setting(
        "CRAFTPATH_WEIXIN_ACCOUNT_SECRET", "str", "", "WeChat: AppSecret of the official account."
    ),
    Setting(
        "CRAFTPATH_MAIL_HOST",
        "str",
        "",
        "SMTP server; empty: mails are files in CRAFTPATH_VAR/mail (embedded form), or none "
        "(production).",
    ),
    Setting(
        "CRAFTPATH_MAIL_PORT",
        "int",
        587,
        "Port of the SMTP server; 465 means TLS from the first byte, others STARTTLS.",
    ),
    Setting("CRAFTPATH_MAIL_USER", "str", "", "Account at the SMTP server."),
    Setting("CRAFTPATH_MAIL_PASSWORD", "str", "", "Its password."),
    Setting(
        "CRAFTPATH_MAIL_FROM",
        "str",
        "craftpath@localhost",
        "Sender of all mails; push services are given it as the contact too.",
    ),
    Setting(
        "CRAFTPATH_VAPID_KEY",
        "str",
        "",
        "Key of web push, as made by `manage.py make_push_key`; empty: made on first start, "
        "kept in the key folder.",
    ),
    Setting(
        "CRAFTPATH_OUTSIDE_PRIVATE",
        "bool",
        False,
        "Webhooks and push may go to http: and to addresses inside your own network. "
        "Whoever may add a webhook can then reach it.",
    ),
    Setting(
        "CRAFTPATH_MESSAGE_DAYS",
        "int",
        730,
        "How long messages are kept, in days; unread ones of mandatory kinds stay.",
    ),
    Setting(
        "CRAFTPATH_AUDIT_MONTHS",
        "int",
        36,
        "How long the record of deeds stays in the database before it may be archived; 6 at least.",
    ),
    Setting(
        "CRAFTPATH_AUDIT_ANCHORS",
        "str",
        "",
        "File outside the database that holds the head of the record's chain; empty: "
        "CRAFTPATH_VAR/audit/anchors.jsonl.",
    ),
    Setting(
        "CRAFTPATH_CERTIFICATE_KEYS",
        "str",
        "",
        "Folder of the keys certificates are signed with (`manage.py "
        "make_certificate_keys`); empty: certificates/ in the key folder.",
    ),
    Setting(
        "CRAFTPATH_CERTIFICATE_PKCS12",
        "str",
        "",
        "PKCS#12 file with key and certificate of the PDF signature; empty: a key of our own.",
    ),
    Setting("CRAFTPATH_CERTIFICATE_PKCS12_PASSWORD", "str", "", "Its password."),
    Setting(
        "CRAFTPATH_PKCS11_MODULE",
        "str",
        "",
        "Library (.so) of the token or HSM that holds the key of the PDF signature; empty: "
        "the key is a file. Needs the extra `hsm`.",
    ),
    Setting("CRAFTPATH_PKCS11_TOKEN", "str", "", "Label of the token."),
    Setting("CRAFTPATH_PKCS11_KEY", "str", "", "Label of the P-256 key on it."),
    Setting("CRAFTPATH_PKCS11_PIN", "str", "", "PIN of the token."),
    Setting(
        "CRAFTPATH_PKCS11_PIN_FILE",
        "str",
        "",
        "File whose first line is the PIN, instead of the PIN itself.",
    ),
    Setting(
        "CRAFTPATH_PKCS11_CERTIFICATES",
        "str",
        "",
        "PEM file with the key's certificate and those above it; empty: the certificates on "
        "the token.",
    ),
    Setting(
        "CRAFTPATH_TIMESTAMP_URL",
        "str",
        "",
        "Timestamp service (RFC 3161) for PDF signatures; empty: signatures without a "
        "timestamp (PAdES B-B).",
    ),
    Setting(
        "CRAFTPATH_SHOW_WATCHERS",
        "bool",
        True,
        "Holders see in their wallet which employers keep a certificate of theirs on a watch-list.",
    ),
    Setting(
        "CRAFTPATH_LOOK_UP_DAYS",
        "int",
        183,
        "How long it is kept that a certificate was checked, in days; 0: for good. Neither "
        "who asked nor what was typed is ever kept.",
    ),
    Setting(
        "CRAFTPATH_LOOK_UP_JOURNAL",
        "str",
        "",
        "Folder on a disk of this machine where web processes note checks by QR code before "
        "they are rows; empty: CRAFTPATH_VAR/look-ups.",
    ),
    Setting(
        "CRAFTPATH_SHOW_LOOK_UPS",
        "bool",
        True,
        "Holders see in their wallet on which days a certificate of theirs was checked, and "
        "by which employers.",
    ),
    Setting(
        "CRAFTPATH_TIMESTAMP_ROOTS",
        "str",
        "",
        "PEM file with the root certificates of the timestamp service.",
    ),
    Setting(
        "CRAFTPATH_TIMESTAMP_LISTS",
        "list",
        [],
        "Files with revocation lists (PEM or DER) to keep in timestamped PDFs; empty: "
        "fetched from where the certificates point to.",
    ),
    Setting("CRAFTPATH_MAX_UPLOAD_MB", "int", 20, "Largest file a person may send."),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}


def get_setting(name: str) -> Any:
    """Return the typed value of the listed setting *name*."""
    return BY_NAME[name].read()


def is_setting_given(name: str) -> bool:
    """Say whether the operator has set *name* to something."""
    return bool(env.str(name, "").strip())


def get_address_setting(name: str) -> str:
    """Return the address in the setting *name*, normalised. Raises `SettingError`."""
    return _normalised(name, get_setting(name))


def get_address_list_setting(name: str) -> list[str]:
    """Return the addresses that the setting *name* lists, each once, in their order. Raises
    `SettingError`.
    """
    return list(
        dict.fromkeys(_normalised(name, text) for text in get_setting(name) if text.strip())
    )


def _normalised(name: str, text: str) -> str:
    try:
        return normalise_address(text)
    except AddressError as error:
        msg = f"{name}: {error}"
        raise SettingError(msg) from error


def get_database_setting(name: str, **more: Any) -> dict[str, Any]:
    """Return Django's settings for the database whose address is in the setting *name*."""
    made = dict(env.dj_db_url(name, **more))
    if made["ENGINE"].endswith("postgresql"):
        # Just-in-time compiling takes longer than any page of ours: 50 ms on a list of 60,000
        # members (ADR 18).
        made["OPTIONS"] = {**made.get("OPTIONS", {}), "options": "-c jit=off"}
    return made


def as_table() -> str:
    """Return the settings as a Markdown table."""
    lines = ["| variable | type | default | meaning |", "|---|---|---|---|"]
    for setting in SETTINGS:
        default = "" if setting.default in ("", []) else f"`{setting.default}`"
        lines.append(f"| `{setting.name}` | {setting.kind} | {default} | {setting.meaning} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(as_table(), end="")  # noqa: T201 - a command's output
