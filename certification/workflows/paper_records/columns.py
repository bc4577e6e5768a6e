"""The columns we look for in a sheet of certificates from paper."""

from __future__ import annotations

from core import sheets
from core.text import mask_name
from office.rules.roster import mask_identity_number

COLUMNS = (
    sheets.Column("number", "证书编号", ("编号", "证书号", "证书号码", "证号", "certificate number", "number")),
    sheets.Column("name", "姓名", ("持证人", "持证人姓名", "职工姓名", "名字", "name", "holder")),
    sheets.Column("issued_on", "发证日期", ("发证时间", "颁发日期", "签发日期", "领证日期", "颁证日期", "date of issue", "issued")),
    sheets.Column("title", "证书名称", ("证书", "名称", "证书全称", "title"), required=False),
    sheets.Column("kind", "证书类别", ("类别", "证书种类", "类型", "kind"), required=False),
    sheets.Column("subject", "培训内容", ("培训项目", "培训课程", "课程", "项目", "内容", "培训班", "赛项", "subject"), required=False),
    sheets.Column("occupation", "职业工种", ("职业", "工种", "职业（工种）", "职业名称", "occupation"), required=False),
    sheets.Column("level", "等级", ("技能等级", "级别", "职业等级", "level"), required=False),
    sheets.Column("distinction", "奖次", ("获奖等次", "名次", "奖项", "等次", "distinction"), required=False),
    sheets.Column("employer", "工作单位", ("单位", "单位名称", "用人单位", "所在单位", "employer"), required=False),
    sheets.Column("valid_until", "有效期至", ("有效期", "有效期止", "到期日期", "失效日期", "valid until"), required=False),
    sheets.Column("issuer", "发证机构", ("发证单位", "发证机关", "颁发单位", "颁证单位", "issuer"), required=False),
    sheets.Column("id_kind", "证件类型", ("证件种类", "id type"), required=False),
    sheets.Column("id_number", "证件号码", ("身份证号", "身份证号码", "身份证", "证件号", "公民身份号码", "id number"), required=False),
)  # fmt: skip
PLAIN = {"number", "issued_on", "valid_until", "title", "subject", "occupation", "level", "issuer"}


def mask_sample(heading: str, text: str) -> str:
    """Return a cell for the matching screen: names hidden, and long numbers in columns that may
    hold identity numbers.
    """
    key = sheets.column_key(heading, COLUMNS)
    if key == "name" or (
        len(text) <= 4 and not text.isascii() and "名" in heading and key not in PLAIN
    ):
        return mask_name(text)
    if key not in PLAIN and sum(ch.isdigit() for ch in text) >= 6:
        return mask_identity_number(text)[:40]
    return text if len(text) <= 24 else f"{text[:24]}…"
