"""Surnames whose reading differs from the usual one of their characters, and compound surnames
with all their syllables.

They are compared in simplified characters (`core.text.search_key`). Names are ordered by the first
reading and found by the others too. The readings are those that 《现代汉语词典》 marks as surnames.
"""

from __future__ import annotations

SINGLE = {
    "单": ("shan",), "仇": ("qiu",), "区": ("ou",), "解": ("xie",), "曾": ("zeng",), "查": ("zha",), "朴": ("piao",),
    "盖": ("ge",), "种": ("chong",), "缪": ("miao",), "覃": ("qin", "tan"), "翟": ("zhai", "di"), "员": ("yun",),
    "乐": ("yue", "le"), "召": ("shao",), "繁": ("po",), "洗": ("xian",), "折": ("she",), "黑": ("he",), "秘": ("bi",),
    "谌": ("chen", "shen"), "阚": ("kan",), "郇": ("xun", "huan"), "郗": ("xi", "chi"), "隗": ("kui", "wei"), "祭": ("zhai",),
    "句": ("gou",), "会": ("gui",), "柏": ("bai", "bo"), "便": ("pian",), "卜": ("bu",), "都": ("du",), "粘": ("nian",),
    "角": ("jue",), "牟": ("mu", "mou"), "藏": ("zang",),
}  # fmt: skip
COMPOUND = {
    "欧阳": "ou yang", "太史": "tai shi", "端木": "duan mu", "上官": "shang guan", "司马": "si ma", "东方": "dong fang", "独孤": "du gu",
    "南宫": "nan gong", "万俟": "mo qi", "闻人": "wen ren", "夏侯": "xia hou", "诸葛": "zhu ge", "尉迟": "yu chi", "公羊": "gong yang",
    "赫连": "he lian", "澹台": "tan tai", "皇甫": "huang fu", "宗政": "zong zheng", "濮阳": "pu yang", "公冶": "gong ye",
    "太叔": "tai shu", "申屠": "shen tu", "公孙": "gong sun", "慕容": "mu rong", "仲孙": "zhong sun", "钟离": "zhong li",
    "长孙": "zhang sun", "宇文": "yu wen", "司徒": "si tu", "鲜于": "xian yu", "司空": "si kong", "闾丘": "lv qiu", "子车": "zi ju",
    "亓官": "qi guan", "司寇": "si kou", "巫马": "wu ma", "公西": "gong xi", "颛孙": "zhuan sun", "壤驷": "rang si", "公良": "gong liang",
    "漆雕": "qi diao", "乐正": "yue zheng", "宰父": "zai fu", "谷梁": "gu liang", "拓跋": "tuo ba", "夹谷": "jia gu", "轩辕": "xuan yuan",
    "令狐": "ling hu", "段干": "duan gan", "百里": "bai li", "呼延": "hu yan", "东郭": "dong guo", "南门": "nan men", "羊舌": "yang she",
    "微生": "wei sheng", "公户": "gong hu", "公玉": "gong yu", "公仪": "gong yi", "梁丘": "liang qiu", "公仲": "gong zhong",
    "公上": "gong shang", "公门": "gong men", "公山": "gong shan", "公坚": "gong jian", "左丘": "zuo qiu", "公伯": "gong bo",
    "西门": "xi men", "公祖": "gong zu", "第五": "di wu", "公乘": "gong sheng", "贯丘": "guan qiu", "公皙": "gong xi", "南荣": "nan rong",
    "东里": "dong li", "东宫": "dong gong", "仲长": "zhong chang", "子书": "zi shu", "子桑": "zi sang", "即墨": "ji mo", "达奚": "da xi",
    "褚师": "chu shi", "淳于": "chun yu", "单于": "chan yu", "叔孙": "shu sun", "东门": "dong men", "王孙": "wang sun", "完颜": "wan yan",
    "耶律": "ye lv", "哥舒": "ge shu", "尔朱": "er zhu", "贺兰": "he lan", "屈突": "qu tu", "沮渠": "ju qu",
}  # fmt: skip
