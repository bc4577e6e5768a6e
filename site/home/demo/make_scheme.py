"""Make the demo's competition workbooks, which are a welding scheme of five modules, the same with
three faults, and 32 published raw marks.

Run `python site/home/demo/make_scheme.py`. The files beside this script are its output. The
scheme's wording follows what welding competitions in China mark. Firms, parts and drawings are
invented. The raw marks are the published ones of one international competition.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HERE = Path(__file__).resolve().parent
SEED = 20261122
SCHEME_HEAD = {
    "code": "编号",
    "level": "层级",
    "name": "名称",
    "kind": "类型",
    "mark": "分值",
    "steps": "档位",
    "section": "规范节",
    "description": "说明",
    "benchmark_0": "0分",
    "benchmark_1": "1分",
    "benchmark_2": "2分",
    "benchmark_3": "3分",
    "day": "评分日",
}
SECTION_HEAD = {"number": "节号", "name": "名称", "weight": "权重"}
TOTALS_HEAD = {"number": "密号", "raw": "原始分"}
SCHEME_FILE, FAULTY_FILE, TOTALS_FILE = (
    "焊工决赛评分方案.xlsx",
    "焊工决赛评分方案-三处待改.xlsx",
    "焊接项目原始分.xlsx",
)

# What 0, 1, 2 and 3 mean, by family of judgements.
BENCHMARKS: dict[str, tuple[str, str, str, str]] = {
    "防护": (
        "未穿戴面罩或手套即起弧，被裁判叫停",
        "按规定穿戴齐全，过程中偶有松脱能自行纠正",
        "全程穿戴规范，主动检查面罩与手套",
        "全程规范，并主动提醒和隔离他人弧光",
    ),
    "场地": (
        "工件、焊条头散落，通道受阻",
        "工位基本整洁，工具能找到",
        "工具定置，焊条头入桶，过程中随手清理",
        "全程整洁有序，收工即可交接",
    ),
    "读图": (
        "看错坡口或焊缝符号，需裁判纠正",
        "能看懂图样，个别尺寸反复确认",
        "一次读对全部焊缝符号与尺寸",
        "读图准确，并指出图样中易错处、写入工艺卡",
    ),
    "工艺卡": (
        "缺电流、电压或层道数，无法照做",
        "参数齐全，个别范围偏宽",
        "参数齐全、范围合理，层道安排清楚",
        "参数有依据，写明变形控制与检查点",
    ),
    "装配": (
        "错边、间隙明显不匀，定位焊开裂",
        "间隙、错边在允许范围，定位焊有小缺陷",
        "间隙均匀，定位焊修磨成缓坡",
        "装配精准，反变形量与实际变形吻合",
    ),
    "起弧": (
        "多次粘条或乱擦起弧，母材有电弧擦伤",
        "起弧成功，位置略有偏移",
        "一次起弧到位，无擦伤",
        "起弧稳、准，接头处预热充分，无任何痕迹",
    ),
    "运条": (
        "摆动失控，熔池偏流，频繁断弧",
        "能维持熔池，节奏时快时慢",
        "节奏稳定，两侧停留恰当",
        "节奏如一，熔池形状始终受控，遇间隙变化即时调整",
    ),
    "成形": (
        "焊波粗乱，高低宽窄明显不一",
        "焊波可辨，局部不匀",
        "焊波均匀，过渡圆滑",
        "焊波细密如一，与母材圆滑过渡，全长无可挑剔",
    ),
    "背面": (
        "背面未透或成串焊瘤",
        "基本透过，局部凹陷或偏高",
        "背面成形连续，高度较匀",
        "背面均匀饱满，全长一致，接头处看不出",
    ),
    "接头": (
        "接头脱节或堆高明显",
        "接头可辨，略高或略低",
        "接头平顺，需细看才能找到",
        "接头与焊缝融为一体",
    ),
    "收弧": (
        "弧坑未填满，有缩孔或裂纹",
        "弧坑基本填满，略低于焊缝",
        "弧坑填满，收尾平整",
        "收弧饱满圆顺，与起弧端对称",
    ),
    "修磨": (
        "修磨伤及母材或掩盖缺陷",
        "飞溅清除，局部残留",
        "清理干净，保持焊缝原貌",
        "清理彻底，工件可直接交验",
    ),
    "判读": (
        "缺陷性质判错",
        "主要缺陷判对，尺寸估计偏差大",
        "性质、位置、尺寸判断正确",
        "判断正确，并说明成因与返修办法",
    ),
    "讲评": (
        "说不出自己工件的问题",
        "能指出一处问题",
        "能指出主要问题及成因",
        "分析到位，改进办法可直接用于下一件",
    ),
}

M, J = "测量", "评价"
# (module, name, [(sub-criterion, [(aspect, kind, mark, steps or family, section, how it is
# measured)])])
TREE: tuple[
    tuple[str, str, int, list[tuple[str, list[tuple[str, str, str, str, str, str]]]]], ...
] = (
    (
        "A",
        "安全与焊前准备",
        1,
        [
            (
                "劳动保护与安全",
                [
                    ("个人防护用品穿戴", J, "2.00", "防护", "1", ""),
                    (
                        "焊机接地与电缆绝缘检查",
                        M,
                        "1.00",
                        "",
                        "1",
                        "开机前完成接地、快速接头、电缆三项检查得分",
                    ),
                    ("气瓶固定与减压器检漏", M, "1.00", "", "1", "气瓶防倾倒，肥皂水检漏无气泡"),
                    ("易燃物距动火点不小于 10 m", M, "1.00", "", "1", "卷尺测量"),
                    ("工位整洁与工具定置", J, "2.00", "场地", "1", ""),
                ],
            ),
            (
                "读图与工艺准备",
                [
                    ("图样与焊缝符号识读", J, "2.00", "读图", "2", ""),
                    ("焊接工艺卡编写", J, "2.00", "工艺卡", "2", ""),
                    (
                        "焊条烘干温度 350～400 ℃、保温 1 h",
                        M,
                        "1.00",
                        "0.5",
                        "2",
                        "温度、时间各 0.5 分",
                    ),
                ],
            ),
            (
                "坡口与装配",
                [
                    (
                        "坡口角度 60°±2°",
                        M,
                        "2.00",
                        "0.5；1",
                        "2",
                        "焊缝检验尺测三点，三点合格得满分，两点 1 分，一点 0.5 分",
                    ),
                    ("钝边 0.5～1.0 mm", M, "1.00", "", "2", "测三点全部合格得分"),
                    ("坡口两侧 20 mm 内无油锈", M, "1.00", "", "2", "白布擦拭无污迹"),
                    ("根部间隙 2.5～3.2 mm", M, "1.00", "0.5", "2", "始端与终端各 0.5 分"),
                    ("装配与定位焊质量", J, "2.00", "装配", "2", ""),
                ],
            ),
        ],
    ),
    (
        "B",
        "焊条电弧焊：板对接立焊",
        1,
        [
            (
                "操作过程",
                [
                    ("起弧准确、无电弧擦伤", J, "1.50", "起弧", "3", ""),
                    ("运条与熔池控制", J, "3.00", "运条", "3", ""),
                    ("焊接电流与工艺卡相符（±10 A）", M, "1.50", "", "3", "读焊机显示值"),
                    ("层间温度不高于 250 ℃", M, "1.00", "", "3", "点温计测量，每层一次"),
                ],
            ),
            (
                "正面外观",
                [
                    ("焊缝余高 0～3 mm", M, "2.00", "1", "4", "测五点，四点合格 1 分"),
                    ("余高差不大于 2 mm", M, "1.00", "", "4", "最高点减最低点"),
                    ("焊缝宽度差不大于 2 mm", M, "1.00", "", "4", "测五点"),
                    (
                        "咬边深度不大于 0.5 mm、总长不大于 15 mm",
                        M,
                        "2.00",
                        "1",
                        "4",
                        "深度合格而总长 15～30 mm 得 1 分",
                    ),
                    ("焊缝表面成形", J, "2.50", "成形", "4", ""),
                ],
            ),
            (
                "背面与收尾",
                [
                    ("背面余高 0～2 mm", M, "1.50", "", "4", "测五点"),
                    ("背面成形", J, "2.00", "背面", "4", ""),
                    ("角变形不大于 3°", M, "1.00", "", "2", "角度尺测量"),
                    ("收弧与弧坑", J, "1.00", "收弧", "3", ""),
                ],
            ),
        ],
    ),
    (
        "C",
        "二氧化碳气体保护焊：管板垂直固定",
        1,
        [
            (
                "操作过程",
                [
                    ("气体流量 15～20 L/min", M, "1.00", "", "3", "读流量计"),
                    ("干伸长 10～15 mm", M, "1.00", "", "3", "起弧前测量"),
                    ("焊枪角度与熔池控制", J, "3.00", "运条", "3", ""),
                    ("起弧与接头处理", J, "1.50", "接头", "3", ""),
                ],
            ),
            (
                "焊缝外观",
                [
                    ("焊脚尺寸 K=6～8 mm", M, "2.00", "1", "4", "圆周测四点，三点合格 1 分"),
                    ("焊脚差不大于 2 mm", M, "1.50", "", "4", "同一截面两焊脚之差"),
                    ("凸度或凹度不大于 1.5 mm", M, "1.00", "", "4", "测四点"),
                    ("咬边深度不大于 0.5 mm", M, "1.50", "0.5", "4", "总长超过 15 mm 得 0.5 分"),
                    ("飞溅清除干净、母材无损伤", J, "1.00", "修磨", "4", ""),
                    ("焊缝表面成形", J, "2.50", "成形", "4", ""),
                ],
            ),
            (
                "内部质量",
                [
                    ("宏观断面无未熔合", M, "2.50", "", "5", "切取两个断面，腐蚀后五倍放大观察"),
                    ("断面熔深不小于 0.5 mm", M, "2.00", "1", "5", "一个断面合格 1 分"),
                    ("断面气孔不多于一个且不大于 1 mm", M, "1.00", "", "5", "两个断面合计"),
                ],
            ),
        ],
    ),
    (
        "D",
        "手工钨极氩弧焊：小径管水平固定",
        2,
        [
            (
                "操作过程",
                [
                    ("钨极修磨角度与伸出长度", M, "1.00", "", "3", "伸出 4～6 mm，尖端无偏"),
                    ("背面充氩保护到位", M, "2.00", "", "3", "氧含量仪读数不高于 100 ppm 后起弧"),
                    ("填丝与熔池配合", J, "3.00", "运条", "3", ""),
                    ("起弧与收弧", J, "1.50", "收弧", "3", ""),
                    ("接头平顺", J, "1.50", "接头", "3", ""),
                ],
            ),
            (
                "外观质量",
                [
                    ("正面余高 0～2 mm", M, "1.50", "", "4", "时钟 12、3、6、9 点测量"),
                    ("焊缝宽度差不大于 1.5 mm", M, "1.00", "", "4", "同上四点"),
                    ("正面成形与颜色（银白至金黄）", J, "2.00", "成形", "4", ""),
                    ("背面成形", J, "2.00", "背面", "4", ""),
                    ("错边不大于 0.5 mm", M, "1.00", "", "2", "测两点"),
                ],
            ),
            (
                "内部质量",
                [
                    ("通球试验合格", M, "2.00", "", "5", "球径为管内径的 85％，自由通过得分"),
                    (
                        "射线检测质量等级",
                        M,
                        "4.00",
                        "1；2.5",
                        "5",
                        "按 NB/T 47013.2 评定：Ⅰ 级 4 分，Ⅱ 级 2.5 分，Ⅲ 级 1 分",
                    ),
                ],
            ),
        ],
    ),
    (
        "E",
        "检测、返修与总结",
        2,
        [
            (
                "外观检查",
                [
                    (
                        "焊缝检验尺读数误差不大于 0.3 mm",
                        M,
                        "2.00",
                        "1",
                        "5",
                        "对标准试件读四个数，三个合格 1 分",
                    ),
                    ("缺陷判读", J, "2.50", "判读", "5", ""),
                    ("检验记录完整、签名齐全", M, "1.00", "", "1", "九项记录无空项"),
                ],
            ),
            (
                "渗透检测",
                [
                    ("渗透时间不少于 10 min", M, "1.00", "", "5", "计时"),
                    ("缺陷显示全部找出", M, "2.00", "1", "5", "标准试块三处，找出两处 1 分"),
                    ("显示长度测量误差不大于 1 mm", M, "1.00", "", "5", "与参考值比较"),
                ],
            ),
            (
                "返修与收工",
                [
                    ("缺陷清除后复检合格", M, "2.00", "", "5", "复检无显示"),
                    ("返修焊缝成形", J, "1.00", "成形", "4", ""),
                    ("工件清理与标识", J, "0.50", "修磨", "1", ""),
                    ("自我讲评", J, "1.00", "讲评", "1", ""),
                    ("断电、关气、清点工具", M, "1.00", "", "1", "三项齐全得分"),
                    ("规定时间内完成全部项目", M, "1.00", "", "1", "不超时得分"),
                ],
            ),
        ],
    ),
)
SECTIONS = (
    ("1", "工作组织与安全", "12.00"),
    ("2", "焊前准备与装配", "14.00"),
    ("3", "焊接工艺与操作", "24.00"),
    ("4", "焊缝外观质量", "28.00"),
    ("5", "内部质量与检测", "22.00"),
)
RAW = (
    *(
        "61.42",
        "54.33",
        "39.58",
        "37.75",
        "35.50",
        "28.75",
        "28.42",
        "28.40",
        "19.00",
        "16.92",
        "13.50",
    ),
    *(
        "13.05",
        "12.80",
        "12.25",
        "9.50",
        "8.75",
        "7.25",
        "6.00",
        "6.00",
        "4.25",
        "3.25",
        "2.75",
        "2.00",
    ),
    *("1.50", "1.40", "1.25", "0.75", "0.50", "0.50", "0.50", "0.25", "0.00"),
)


def list_scheme_rows() -> list[dict[str, Any]]:
    """Return the rows of the scheme in the order of the workbook."""
    rows: list[dict[str, Any]] = []
    for code, name, day, subs in TREE:
        rows.append({"code": code, "level": "模块", "name": name, "day": day})
        for place, (sub, aspects) in enumerate(subs, start=1):
            rows.append({"code": f"{code}{place}", "level": "子项", "name": sub})
            for line, aspect in enumerate(aspects, start=1):
                rows.append(_aspect(f"{code}{place}.{line}", *aspect))
    return rows


def _aspect(
    code: str, name: str, kind: str, mark: str, extra: str, section: str, how: str
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": code,
        "level": "评分点",
        "name": name,
        "kind": kind,
        "mark": float(mark),
        "section": section,
        "description": how,
    }
    if kind == J:
        row |= {f"benchmark_{level}": text for level, text in enumerate(BENCHMARKS[extra])}
        row["description"] = "裁判独立打分，同时亮分"
    else:
        row["steps"] = extra
    return row


def section_rows() -> list[dict[str, Any]]:
    """Return the sections of the standard specification."""
    return [
        {"number": number, "name": name, "weight": float(weight)}
        for number, name, weight in SECTIONS
    ]


def list_faulty_scheme_rows() -> list[dict[str, Any]]:
    """Return the same scheme with three typical faults, which are an empty benchmark, a mark in
    words, and a code used twice.
    """
    rows = [dict(row) for row in list_scheme_rows()]
    aspects = [row for row in rows if row["level"] == "评分点"]
    next(row for row in aspects if row["kind"] == J)["benchmark_2"] = ""
    aspects[9]["mark"] = "两分"
    aspects[20]["code"] = aspects[19]["code"]
    return rows


def totals_rows() -> list[dict[str, Any]]:
    """Return the published raw marks under numbers that don't follow the ranking."""
    numbers = list(range(1, len(RAW) + 1))
    random.Random(SEED).shuffle(numbers)  # noqa: S311 - a fixed order for a demo
    return sorted(
        ({"number": number, "raw": float(raw)} for number, raw in zip(numbers, RAW, strict=True)),
        key=lambda row: row["number"],
    )


def write_demo_workbook(
    name: str, *sheets: tuple[str, dict[str, str], Sequence[dict[str, Any]]]
) -> None:
    """Write a workbook with one worksheet for each (title, heading by key, rows)."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, head, rows in sheets:
        sheet = book.create_sheet(title)
        for cells in ([*head.values()], *_cells(head, rows)):
            sheet.append(cells)
        sheet.freeze_panes = "A2"
    book.save(HERE / name)


def _cells(head: dict[str, str], rows: Iterable[dict[str, Any]]) -> Iterable[list[Any]]:
    return ([row.get(key, None) for key in head] for row in rows)


def write_scheme_files() -> None:
    """Write the three files and say what is in them."""
    sections = ("规范", SECTION_HEAD, section_rows())
    write_demo_workbook(SCHEME_FILE, ("评分方案", SCHEME_HEAD, list_scheme_rows()), sections)
    write_demo_workbook(FAULTY_FILE, ("评分方案", SCHEME_HEAD, list_faulty_scheme_rows()), sections)
    write_demo_workbook(TOTALS_FILE, ("原始分", TOTALS_HEAD, totals_rows()))
    marks = [
        (Decimal(aspect[2]), aspect[4])
        for _c, _n, _d, subs in TREE
        for _s, aspects in subs
        for aspect in aspects
    ]
    by_section = {
        number: sum(mark for mark, section in marks if section == number)
        for number, _name, _weight in SECTIONS
    }
    by_module = {
        code: sum(Decimal(a[2]) for _s, aspects in subs for a in aspects)
        for code, _n, _d, subs in TREE
    }
    sys.stdout.write(
        f"{len(marks)} aspects, {sum(mark for mark, _ in marks)} marks, {by_section}, {by_module}\n"
    )


if __name__ == "__main__":
    write_scheme_files()
