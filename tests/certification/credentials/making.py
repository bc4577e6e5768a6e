"""Keys and credentials for the tests of the credentials."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from certification.credentials import badge, offline_token

DID = "did:web:cert.example.cn"
AT = datetime(2026, 5, 6, 8, tzinfo=UTC)


class Ed:
    """An Ed25519 key."""

    def __init__(self, kid: str = "vc-2026-1", seed: int = 1) -> None:
        self.kid, self.private = (
            kid,
            ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32),
        )

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)

    def find(self, method: str) -> Any:
        return self.private.public_key() if method == f"{DID}#{self.kid}" else None


class P256:
    """A P-256 key."""

    def __init__(self, kid: str = "qr-2026-1", number: int = 7) -> None:
        self.kid, self.private = kid, ec.derive_private_key(number, ec.SECP256R1())

    def sign(self, data: bytes) -> bytes:
        r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def find(self, name: str) -> Any:
        return self.private.public_key() if name in {self.kid, f"{DID}#{self.kid}"} else None


def make_badge(**changes: Any) -> badge.Badge:
    return badge.Badge(
        **{
            "address": "https://cert.example.cn/credentials/0b8f2ad5-64a8-4f0c-9c36-0a4b3b1e5f10",
            "subject": UUID(int=5),
            "issuer": DID,
            "issuer_name": "示例市总工会",
            "issuer_url": "https://cert.example.cn/",
            "holder": "买买提·依明",
            "number": "HZ-PX-2026-000001-K",
            "title": "培训合格证书",
            "achievement": UUID(int=9).urn,
            "achievement_name": "焊接安全",
            "achievement_type": "CertificateOfCompletion",
            "description": "焊接安全 焊工 三级/高级工",
            "criteria": "符合培训班的结业条件。",
            "narrative": "完成 24 学时，成绩合格，特发此证。",
            "valid_from": AT,
            "valid_until": None,
            "status": badge.StatusEntry("https://cert.example.cn/status/1", 94567),
        }
        | changes
    )


def make_token(**changes: Any) -> offline_token.OfflineToken:
    return offline_token.OfflineToken(
        **{
            "number": "HZ-PX-2026-000001-K",
            "name": "买买提·依明",
            "what": "焊接安全",
            "level": 3,
            "issued": date(2026, 5, 6),
            "until": None,
            "status_list": 1,
            "status_index": 94567,
        }
        | changes
    )
