"""An invented holder for samples, longer than most names and titles.

What fits here therefore nearly always fits.
"""

from __future__ import annotations

from datetime import date

HOLDER = "欧阳示例"
NUMBER = "样张"
EMPLOYER = "示例精密机械制造有限公司"
DAY = date(2026, 9, 26)
MARK = "样张，不作证明。"
FIELDS = {
    "subject": "焊接作业安全与工艺提升",
    "occupation": "焊工",
    "level": "三级／高级工",
    "trade": "焊工（三级／高级工）",
    "employer": EMPLOYER,
    "starts": "二〇二六年六月一日",
    "ends": "二〇二六年九月二十日",
    "hours": "六十",
    "theory": "八十六",
    "practice": "九十一",
    "marks": "理论成绩八十六分，实操成绩九十一分",
    "notice": "示例公示〔2026〕3号，2026年9月1日至2026年9月7日",
    "document": "示例总工发〔2026〕12号",
    "event": "第八届职工职业技能大赛焊工决赛",
    "rank": "一",
    "award": "一等奖",
    "host": "示例市总工会",
    "year": "二〇二六",
}
MEANINGS = {
    "subject": "课程、赛事或称号",
    "occupation": "职业（工种）",
    "level": "等级",
    "trade": "职业（工种）和等级",
    "employer": "工作单位（当日名称）",
    "starts": "开始日期",
    "ends": "结束日期",
    "hours": "学时",
    "theory": "理论成绩",
    "practice": "实操成绩",
    "marks": "各项成绩（没有则略去）",
    "notice": "公示文号和起止日期（没有公示则略去）",
    "document": "授予决定的文号（没有则略去）",
    "event": "赛事",
    "rank": "名次",
    "award": "奖项",
    "host": "主办单位",
    "year": "年度",
}
"""What each field stands for, in the language of the document it is put into."""
