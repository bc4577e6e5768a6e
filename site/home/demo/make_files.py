"""Make the demo's spreadsheets, which are a union tree of four levels and a roster of 300 workers,
with a fixed seed.

Run `python site/home/demo/make_files.py`. The files beside this script are its output. Names,
numbers and firms are invented. Identity numbers carry a right check character and region codes of
counties that were abolished, so that they are nobody's.
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1])]

from people.rules.identity import compute_id_check_character  # noqa: E402 - after the path is set

SEED = 20261122
ROSTER_ROWS = 300
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕𠮷䶮"
COMPOUND = ("欧阳", "诸葛", "上官", "司徒")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志文海燕玉兰红梅春生福贵德凯婷鹏飞宇浩然子轩梓涵思远嘉怡㛃𫟹"
MINORITY = ("阿卜杜拉·买买提", "古丽娜尔·艾合买提", "次仁·卓玛", "迪丽热巴·玉素甫")
EMPLOYERS = (
    "示例机械制造有限公司",
    "示例船舶修造厂",
    "示例电力建设公司",
    "示例轨道交通运营公司",
    "示例餐饮管理公司",
    "示例汽车零部件厂",
)
POSTS = (
    "焊工",
    "电工",
    "钳工",
    "车工",
    "起重装卸机械操作工",
    "工业机器人系统操作员",
    "叉车司机",
    "质检员",
)
# The officer's own union is the root; these four levels hang below it.
DISTRICTS = (("330901", "东港区总工会"), ("330902", "西湾区总工会"))
STREETS = (
    ("330901001", "望江街道总工会", "330901"),
    ("330901002", "临河镇总工会", "330901"),
    ("330902001", "西湾街道总工会", "330902"),
)
FACTORIES = (
    ("330901001001", "示例机械制造有限公司工会", "330901001"),
    ("330901001002", "示例船舶修造厂工会", "330901001"),
    ("330901002001", "示例电力建设公司工会", "330901002"),
    ("330902001001", "示例轨道交通运营公司工会", "330902001"),
    ("330902001002", "西湾街道餐饮行业联合工会", "330902001"),
    ("330902001003", "示例汽车零部件厂工会", "330902001"),
)
GROUPS = (
    ("焊接工段", "330901001001"),
    ("总装工段", "330901001001"),
    ("船体车间", "330901001002"),
    ("检修班", "330902001001"),
)
TREE_HEAD = ("编码", "名称", "简称", "层级", "上级编码", "统一社会信用代码", "行政区划")
ROSTER_HEAD = ("姓名", "证件类型", "证件号码", "手机号", "工会编码", "用人单位", "岗位", "入会日期")
ROOT_CODE = "330900"


def list_union_tree_rows() -> list[tuple[str, ...]]:
    """Return the rows of the union tree."""
    rows: list[tuple[str, ...]] = [
        (code, name, name.removesuffix("总工会"), "区县", ROOT_CODE, "", code)
        for code, name in DISTRICTS
    ]
    rows += [
        (code, name, name.removesuffix("总工会"), "乡镇街道", parent, "", parent)
        for code, name, parent in STREETS
    ]
    rows += [(code, name, "", "基层", parent, "", "") for code, name, parent in FACTORIES]
    rows += [
        (f"{parent}{n:02d}", f"{name}工会小组", "", "小组", parent, "", "")
        for n, (name, parent) in enumerate(GROUPS, start=1)
    ]
    return rows


def worker_name(rng: random.Random) -> str:
    """Return an invented name. Most have two or three characters, some have compound surnames,
    some a `·`.
    """
    kind = rng.random()
    if kind < 0.02:
        return rng.choice(MINORITY)
    surname = rng.choice(COMPOUND) if kind < 0.05 else rng.choice(SURNAMES)
    return surname + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2, 2))))


def id_number(rng: random.Random, serial: int) -> str:
    """Return a number with a right check character, in the abolished county 330125, one for each
    serial.
    """
    born = date(1966, 1, 1) + timedelta(days=rng.randrange(14_000))
    first = f"330125{born:%Y%m%d}{serial:03d}"
    return first + compute_id_check_character(first)


def roster_rows() -> list[list[str]]:
    """Return 300 rows in order."""
    rng = random.Random(SEED)  # noqa: S311 - invented people, not keys
    rows = []
    for serial in range(ROSTER_ROWS):
        place = serial % len(FACTORIES)
        joined = date(2012, 3, 1) + timedelta(days=rng.randrange(5_000))
        rows.append([
            worker_name(rng), "居民身份证", id_number(rng, serial), f"13800{serial:06d}", FACTORIES[place][0],
            EMPLOYERS[place], rng.choice(POSTS), joined.isoformat(),
        ])  # fmt: skip
    return rows


def roster_rows_with_three_faults() -> list[list[str]]:
    """Return the roster with three faulty rows as they occur in practice, which are a wrong last
    digit, a day that doesn't exist, and an unknown union.
    """
    rows = [list(row) for row in roster_rows()]
    number = rows[15][2]
    rows[15][2] = number[:-1] + ("1" if number[-1] != "1" else "2")
    number = rows[140][2]
    rows[140][2] = number[:10] + "0230" + number[14:]
    rows[254][4] = "339999999"
    return rows


def write_roster_files() -> None:
    """Write the three files beside this script."""
    from core.sheets import write_workbook  # slow import

    (HERE / "工会组织.xlsx").write_bytes(
        write_workbook(
            TREE_HEAD, list_union_tree_rows(), title="工会组织", widths=[16, 34, 18, 12, 16, 24, 12]
        )
    )
    widths = [24, 14, 24, 16, 18, 30, 26, 14]
    (HERE / "花名册.xlsx").write_bytes(
        write_workbook(ROSTER_HEAD, roster_rows(), title="花名册", widths=widths)
    )
    (HERE / "花名册-三行待改.xlsx").write_bytes(
        write_workbook(ROSTER_HEAD, roster_rows_with_three_faults(), title="花名册", widths=widths)
    )


if __name__ == "__main__":
    write_roster_files()
