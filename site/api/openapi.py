"""Describe the API in OpenAPI 3.1. The description is written by hand, and tests compare real
answers with it.
"""

from __future__ import annotations

from typing import Any

from api.schemas import LARGEST_PAGE, MOST_ROWS, PAGE

ANSWERS = ["valid", "expired", "suspended", "revoked", "superseded", "no_match"]
PROVENANCE = ["issued", "archive", "list"]
HINTS = ["well_formed", "check_fails", "state_certificate", "foreign_letters", "not_ours"]
NUMBER, NAME = "330106-PX-2026-001837-Y", "张三"


def _nullable(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": [kind, "null"], **more}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_DAY = {"type": "string", "format": "date"}
_STANDING = {
    "since": _nullable("string", format="date", description="现状自哪天起"),
    "reason": _nullable(
        "string",
        description="事由类别，如 fraud、misconduct、issuing_error、under_review、corrected",
    ),
    "replaced_by": _nullable("string", description="换发后的新证编号"),
    "days_left": _nullable("integer", description="离到期还有几天"),
}
_SHORT = {
    "type": "object",
    "required": ["number", "holder", "title", "trade", "valid_until", "provenance"],
    "properties": {
        "number": {"type": "string"},
        "holder": {"type": "string", "description": "持证人姓名，已掩码，如 张*"},
        "title": {"type": "string"},
        "trade": {"type": "string", "description": "职业与等级"},
        "valid_until": _nullable("string", format="date", description="空：长期有效"),
        "provenance": {
            "type": "string",
            "enum": PROVENANCE,
            "description": "记录来源：issued 本平台签发；archive 据纸质档案补录，抽样核对过存档原件；list 据名册补录，未核对原件。"
            "后两种不是本平台签发，请查看纸质原件",
        },
    },
}
_FULL = {
    "type": "object",
    "required": [*_SHORT["required"], "issuer", "issued_on", "taken_over_on", "compared_on"],
    "properties": {
        **_SHORT["properties"],  # type: ignore[dict-item]  # a literal above
        "issuer": {"type": "string"},
        "issued_on": _DAY,
        "taken_over_on": _nullable(
            "string", format="date", description="补录日期；本平台签发的为空"
        ),
        "compared_on": _nullable(
            "string", format="date", description="抽样核对存档原件的日期；未核对为空"
        ),
    },
}
_ANSWER = {"type": "string", "enum": ANSWERS}
_HINT = {
    "type": "string",
    "enum": HINTS,
    "description": "只看编号怎么写的；是编号还是姓名不符，一律不说",
}
_META = {
    "reference": {"type": "string", "description": "核验编号"},
    "checked_at": {"type": "string", "format": "date-time"},
}

SCHEMAS: dict[str, Any] = {
    "Answer": {
        "type": "object",
        "required": ["reference", "checked_at", "answer"],
        "properties": {
            **_META,
            "answer": _ANSWER,
            "hint": _HINT,
            "certificate": _FULL,
            **_STANDING,
        },
        "additionalProperties": False,
    },
    "BatchAnswer": {
        "type": "object",
        "required": ["reference", "checked_at", "results"],
        "properties": {
            **_META,
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["number", "answer"],
                    "properties": {
                        "number": {"type": "string"},
                        "answer": _ANSWER,
                        "hint": _HINT,
                        "certificate": _SHORT,
                        **_STANDING,
                    },
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    },
    "Entry": {
        "type": "object",
        "required": ["id", "watched_since", "watched_until", "answer", "certificate"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "watched_since": _DAY,
            "watched_until": _DAY,
            "answer": _ANSWER,
            "certificate": _FULL,
            **_STANDING,
        },
        "additionalProperties": False,
    },
    "Entries": {
        "type": "object",
        "required": ["entries", "total", "page", "per_page"],
        "properties": {
            "entries": {"type": "array", "items": _ref("Entry")},
            "total": {"type": "integer"},
            "page": {"type": "integer"},
            "per_page": {"type": "integer"},
        },
        "additionalProperties": False,
    },
    "NumberAndName": {
        "type": "object",
        "required": ["number", "name"],
        "properties": {
            "number": {"type": "string", "maxLength": 60},
            "name": {"type": "string", "maxLength": 100},
        },
    },
    "Verification": {
        "oneOf": [
            _ref("NumberAndName"),
            {
                "type": "object",
                "required": ["code"],
                "properties": {"code": {"type": "string", "maxLength": 200}},
            },
        ]
    },
    "Batch": {
        "type": "object",
        "required": ["rows"],
        "properties": {
            "rows": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_ROWS,
                "items": _ref("NumberAndName"),
            }
        },
    },
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {
                "type": "string",
                "description": "一句话说明，按 Accept-Language 用中文或英文",
            },
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "给程序看的代码，不会改"},
            "errors": {"type": "object", "description": "各字段的问题"},
        },
    },
}

_PROBLEMS = {
    "401": "没有密钥，或密钥无效",
    "403": "密钥没有这项权限",
    "422": "内容有误",
    "429": "次数太多，或当日查无此证太多；见 Retry-After",
}


def _problem(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }


def _ok(words: str, schema: str, **headers: str) -> dict[str, Any]:
    limits = {
        "RateLimit-Limit": "每分钟次数",
        "RateLimit-Remaining": "本分钟还剩",
        "RateLimit-Reset": "几秒后重新计数",
    } | headers
    return {
        "description": words,
        "headers": {
            name: {"description": what, "schema": {"type": "string"}}
            for name, what in limits.items()
        },
        "content": {"application/json": {"schema": _ref(schema)}},
    }


def _operation(summary: str, scope: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    answers = {**responses, **{status: _problem(words) for status, words in _PROBLEMS.items()}}
    return {"summary": summary, "security": [{"key": [scope]}], "responses": answers, **more}


def _body(schema: str, example: Any) -> dict[str, Any]:
    return {
        "required": True,
        "content": {"application/json": {"schema": _ref(schema), "example": example}},
    }


_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "同一个值、同样内容的请求，一天之内得到同一份答复",
    "schema": {"type": "string", "maxLength": 255},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "上次的 ETag；没有变化则答 304",
    "schema": {"type": "string"},
}
_UNCHANGED = {"description": "没有变化"}


def build_openapi_document(server: str) -> dict[str, Any]:
    """Return the description for the API at *server*."""
    one = {"number": NUMBER, "name": NAME}
    pages = [
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}},
        {
            "name": "per_page",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
        },
    ]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "匠路证书核验接口",
            "version": "1.0.0",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "paths": {
            "/verifications": {
                "post": _operation(
                    "核验一张证书：编号加姓名，或二维码里的代码",
                    "verify",
                    {"200": _ok("答复", "Answer")},
                    operationId="verify",
                    parameters=[_ONCE],
                    requestBody=_body("Verification", one),
                )
            },
            "/verifications/batch": {
                "post": _operation(
                    f"一次核验最多 {MOST_ROWS} 张",
                    "verify",
                    {"200": _ok("按请求的顺序答复", "BatchAnswer")},
                    operationId="verifyBatch",
                    parameters=[_ONCE],
                    requestBody=_body("Batch", {"rows": [one]}),
                )
            },
            "/certificates/{code}": {
                "get": _operation(
                    "按二维码里的代码查现状",
                    "verify",
                    {
                        "200": _ok("现状", "Answer", ETag="现状的标记"),
                        "304": _UNCHANGED,
                        "404": _problem("查无此证"),
                    },
                    operationId="certificateStatus",
                    parameters=[
                        {
                            "name": "code",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string"},
                        },
                        _IF_NONE_MATCH,
                    ],
                )
            },
            "/watchlist": {
                "get": _operation(
                    "关注名单，分页",
                    "watch:read",
                    {
                        "200": _ok("一页", "Entries", ETag="这一页的标记", Link="上一页、下一页"),
                        "304": _UNCHANGED,
                    },
                    operationId="watchlist",
                    parameters=[*pages, _IF_NONE_MATCH],
                ),
                "post": _operation(
                    "列入关注名单；已在名单里的续一年",
                    "watch:write",
                    {"201": _ok("已列入", "Entry")},
                    operationId="addToWatchlist",
                    parameters=[_ONCE],
                    requestBody=_body("NumberAndName", one),
                ),
            },
            "/watchlist/{id}": {
                "delete": _operation(
                    "移出关注名单",
                    "watch:write",
                    {"204": {"description": "已移出"}, "404": _problem("名单里没有")},
                    operationId="removeFromWatchlist",
                    parameters=[
                        {
                            "name": "id",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "format": "uuid"},
                        }
                    ],
                )
            },
        },
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "bearerFormat": "cp_…"}
            },
        },
    }
