"""The columns we look for in union trees and rosters."""

from __future__ import annotations

from core import sheets
from core.text import mask_name
from office.enums import ImportKind
from office.rules.roster import mask_identity_number

TREE_COLUMNS = (
    sheets.Column("code", "编码", ("工会编码", "code")),
    sheets.Column("name", "名称", ("工会名称", "name")),
    sheets.Column("short_name", "简称", ("short name",), required=False),
    sheets.Column("level", "层级", ("级别", "level")),
    sheets.Column("parent", "上级编码", ("上级", "parent")),
    sheets.Column("uscc", "统一社会信用代码", ("信用代码", "uscc"), required=False),
    sheets.Column("region_code", "行政区划", ("区划代码", "region"), required=False),
)
ROSTER_COLUMNS = (
    sheets.Column("name", "姓名", ("职工姓名", "会员姓名", "名字", "name")),
    sheets.Column("id_kind", "证件类型", ("证件种类", "id type"), required=False),
    sheets.Column("id_number", "证件号码", ("身份证号", "身份证号码", "身份证", "证件号", "公民身份号码", "居民身份证号码", "id number")),
    sheets.Column("birth", "出生日期", ("出生年月日", "出生年月", "生日", "birth"), required=False),
    sheets.Column("mobile", "手机号码", ("手机", "手机号", "联系电话", "电话", "电话号码", "联系方式", "mobile"), required=False),
    sheets.Column(
        "union", "基层工会",
        ("工会编码", "所属工会编码", "所属工会", "所在工会", "工会", "工会名称", "所属基层工会", "工会组织", "union"), required=False,
    ),
    sheets.Column("employer", "用人单位", ("单位", "单位名称", "工作单位", "所在单位", "企业名称", "公司", "employer"), required=False),
    sheets.Column("job_title", "岗位", ("职务", "工种", "岗位名称", "职务/岗位", "post"), required=False),
    sheets.Column("joined", "入会日期", ("入会时间", "加入工会日期", "加入工会时间", "joined"), required=False),
)  # fmt: skip
COLUMNS = {ImportKind.TREE: TREE_COLUMNS, ImportKind.ROSTER: ROSTER_COLUMNS}
TEMPLATE_HEADINGS = {
    "union": "工会编码",
    "mobile": "手机号",
}  # what to write is plainer than the general word


def mask_sample(heading: str, text: str) -> str:
    """Return a cell for the matching screen: names hidden, and numbers of six digits and more
    wherever they stand.
    """
    key = sheets.column_key(heading, ROSTER_COLUMNS)
    if sum(ch.isdigit() for ch in text) >= 6 and key not in {"birth", "joined", "union"}:
        return mask_identity_number(text)[:40]
    if key == "name" or (len(text) <= 4 and not text.isascii() and "名" in heading):
        return mask_name(text)
    return text if len(text) <= 12 else f"{text[:12]}…"
