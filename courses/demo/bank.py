# ruff: noqa: E501 - one question a line reads better than the ruler
"""Hold the question bank of the welding safety course, with questions as asked in workshops, each
with its reason.
"""

from __future__ import annotations

from typing import Any

S, M, T, N = "single", "multiple", "true_false", "number"


def make_single_choice(
    topic: str, text: str, right: str, wrong: list[str], why: str
) -> dict[str, Any]:
    """Return a single choice."""
    return {
        "topic": topic,
        "kind": S,
        "text": text,
        "options": [(right, True), *[(item, False) for item in wrong]],
        "explanation": why,
    }


def make_multiple_choice(
    topic: str, text: str, right: list[str], wrong: list[str], why: str
) -> dict[str, Any]:
    """Return a multiple choice."""
    return {
        "topic": topic, "kind": M, "text": text, "options": [*[(item, True) for item in right], *[(item, False) for item in wrong]], "explanation": why,
    }  # fmt: skip


def make_true_or_false(topic: str, text: str, right: bool, why: str) -> dict[str, Any]:
    """Return a true-or-false question."""
    return {
        "topic": topic,
        "kind": T,
        "text": text,
        "options": [("对", right), ("错", not right)],
        "explanation": why,
    }


def make_number_question(
    topic: str, text: str, value: str, unit: str, why: str, tolerance: str = "0"
) -> dict[str, Any]:
    """Return a number question."""
    return {
        "topic": topic,
        "kind": N,
        "text": text,
        "number": value,
        "unit": unit,
        "tolerance": tolerance,
        "explanation": why,
    }


PPE, FIRE, GAS, ELECTRIC, AIR = "防护用品", "动火作业", "气瓶", "触电", "通风"

WELDING: list[dict[str, Any]] = [
    make_single_choice(PPE, "手工电弧焊，电流约 150 安，滤光片选几号比较合适？", "10 号", ["3 号", "5 号", "16 号"], "七十五到二百安一般选 9 到 11 号；号数太小挡不住紫外线。"),
    make_single_choice(PPE, "电光性眼炎通常在受弧光照射后多久发作？", "4 至 12 小时", ["立刻", "3 天以后", "1 个月以后"], "所以常常是半夜疼醒；冷敷并尽快就医，不要揉。"),
    make_multiple_choice(PPE, "哪些衣着不许施焊？", ["化纤衣服", "沾油的工作服", "挽起裤脚"], ["干燥的阻燃工作服"], "化纤会熔在皮肤上，油污易燃，裤脚会兜住熔渣。"),
    make_true_or_false(PPE, "敲药皮时弧光已经灭了，可以不戴护目镜。", False, "药皮飞起来是硬而烫的碎片，要戴防冲击眼镜。"),
    make_true_or_false(PPE, "焊工手套湿了应立即更换。", True, "湿手套不绝缘。"),
    make_single_choice(PPE, "引弧前为什么要提醒周围的人？", "弧光也会伤到旁人的眼睛", ["怕别人来抢焊机", "让监护人去休息", "没有必要提醒"], "旁人没戴面罩，同样会得电光性眼炎；还要架遮光屏。"),
    make_single_choice(FIRE, "动火点周围多少米内的可燃物必须清走或隔离？", "10 米", ["1 米", "3 米", "5 米"], "火花飞溅可达十米，清不走的用不燃材料盖严、隔开。"),
    make_number_question(FIRE, "一级动火安全作业票的有效期最长是多少小时？", "8", "小时", "特级、一级不超过八小时，二级不超过七十二小时（GB 30871-2022）。"),
    make_number_question(FIRE, "气体分析取样与动火开始的间隔，最长不超过多少分钟？", "30", "分钟", "超过三十分钟，气体可能已经变了，要重新分析。"),
    make_single_choice(FIRE, "作业票写的是一号泵房，临时要到二号泵房补焊，应当：", "重新办票", ["用原票", "打电话说一声", "焊完再补"], "一处一票，地点变了风险就变了。"),
    make_multiple_choice(FIRE, "动火前“断”和“清”要做到哪些？", ["与设备相连的管道加盲板隔断", "清走周围可燃物", "封堵地漏和孔洞"], ["只关阀门就够了"], "阀门会内漏，必须加盲板隔断。"),
    make_true_or_false(FIRE, "监护人看现场平安，可以帮焊工递焊条。", False, "监护人只监护，不兼做别的事。"),
    make_true_or_false(FIRE, "收工后监护人还应继续检查，确认没有余火才离开。", True, "熔渣能在保温棉、木屑里闷燃几个小时，至少再守三十分钟。"),
    make_number_question(GAS, "氧气瓶与乙炔瓶之间的距离不小于多少米？", "5", "米", "GB 30871-2022：两瓶间距不小于五米。"),
    make_number_question(GAS, "气瓶与动火点的距离不小于多少米？", "10", "米", "两瓶与动火点都不小于十米，并防晒、防倾倒。"),
    make_single_choice(GAS, "乙炔胶管是什么颜色？", "红色", ["蓝色", "黑色", "黄色"], "GB/T 2550：乙炔红色，氧气蓝色。"),
    make_single_choice(GAS, "乙炔瓶为什么不能卧放使用？", "瓶里的丙酮会流出来", ["瓶身会滚走", "看不见压力表", "瓶身容易生锈"], "丙酮随气流出会引起燃烧爆炸，还会让瓶里的乙炔不稳定。"),
    make_true_or_false(GAS, "检查接头漏气可以用打火机试一下。", False, "查漏用肥皂水，严禁明火。"),
    make_true_or_false(GAS, "沾了机油的扳手可以用来开氧气瓶阀。", False, "高压氧气遇油脂会自燃。"),
    make_single_choice(GAS, "发生回火时，先关哪个阀？", "焊炬上的乙炔阀", ["氧气瓶阀", "乙炔瓶阀", "先拔胶管"], "先断可燃气，再关氧气，然后关瓶阀，查明原因再用。"),
    make_single_choice(GAS, "气瓶里的气用到什么程度要停？", "留有规定的剩余压力", ["用到没有气", "看火焰变小再停", "摇一摇没有声音"], "不留余压，空气会倒灌进瓶里。"),
    make_single_choice(ELECTRIC, "交流弧焊机一次侧电源线长度不应大于多少？", "5 米", ["15 米", "30 米", "50 米"], "一次线电压高，要短；二次线不大于三十米（JGJ 46-2005）。"),
    make_multiple_choice(ELECTRIC, "哪些做法正确？", ["机壳单独接地", "移动焊机先拉闸", "换焊条戴干燥手套"], ["用厂房钢梁当回线"], "回线必须用专用电缆直接夹到工件上。"),
    make_true_or_false(ELECTRIC, "发现有人触电，应立即用手把他拉开。", False, "先断电，或用干燥的木棒挑开电线，否则救人的人也会触电。"),
    make_number_question(ELECTRIC, "在潮湿、狭小的金属容器内，行灯电压不大于多少伏？", "12", "伏", "一般受限空间不大于三十六伏，潮湿、狭小的金属容器内不大于十二伏。"),
    make_single_choice(AIR, "受限空间内氧含量合格的范围是：", "19.5%～21%", ["10%～15%", "15%～18%", "25%～30%"], "低了会窒息，高了衣服遇火星会猛烈燃烧。"),
    make_true_or_false(AIR, "容器里闷，可以放一点氧气进去通风。", False, "富氧极易着火，通风只能用空气。"),
    make_single_choice(AIR, "局部吸气罩应放在哪里？", "靠近焊点，让烟不经过脸", ["焊工头顶上方", "身后越远越好", "门口"], "罩口越靠近焊点，越能在烟散开之前抽走。"),
    make_single_choice(AIR, "焊镀锌件吸入大量烟尘后，像重感冒一样发冷发热，叫什么？", "铸造热（金属烟热）", ["尘肺", "中暑", "电光性眼炎"], "多由氧化锌烟引起，离开现场休息、就医；根本办法是通风和口罩。"),
    make_multiple_choice(AIR, "有人在罐内晕倒，外面的人应当：", ["立即呼救", "加强通风", "戴好空气呼吸器和安全绳再进入"], ["马上跳进去拉人"], "盲目施救会让更多人倒下。"),
]  # fmt: skip
