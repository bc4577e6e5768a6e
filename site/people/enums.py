"""Choices about people."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sex(models.TextChoices):
    """Sex as on the resident identity card."""

    MALE = "male", _("male")
    FEMALE = "female", _("female")
    UNKNOWN = "", _("not recorded")


class IdType(models.TextChoices):
    """Kinds of identity documents, each with its own rule for the number."""

    RESIDENT = "resident", _("resident identity card")
    HMT_RESIDENCE = "hmt_residence", _("residence permit for Hong Kong, Macao and Taiwan residents")
    FOREIGN_RESIDENCE = "foreign_residence", _("foreigner's permanent residence card")
    PASSPORT = "passport", _("passport")


class Education(models.TextChoices):
    """Highest schooling (GB/T 4658, as personnel forms group it)."""

    PRIMARY = "primary", _("primary school")
    JUNIOR = "junior", _("junior secondary school")
    SENIOR = "senior", _("senior secondary school")
    VOCATIONAL = "vocational", _("vocational or technical school")
    COLLEGE = "college", _("three-year college")
    BACHELOR = "bachelor", _("bachelor")
    MASTER = "master", _("master")
    DOCTOR = "doctor", _("doctor")


class Hukou(models.TextChoices):
    """Kind of household registration, which quotas for migrant workers need."""

    RURAL = "rural", _("rural household")
    URBAN = "urban", _("urban household")


# The peoples of GB/T 3304, by their codes; 97 and 98 are of the same list. Names stand as in the
# standard.
_PEOPLES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 "
    "土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 "
    "乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 "
)
ETHNICITIES = (
    *((f"{number:02d}", f"{name}族") for number, name in enumerate(_PEOPLES.split(), start=1)),
    ("97", "其他"),
    ("98", "外国血统中国籍人士"),
)


class PairState(models.TextChoices):
    """The states of two records that may be one person."""

    OPEN = "open", _("to be checked")
    DIFFERENT = "different", _("two different people")
    MERGED = "merged", _("merged")


PAIR_MOVES = {
    PairState.OPEN: {PairState.DIFFERENT, PairState.MERGED},
    PairState.DIFFERENT: {PairState.OPEN, PairState.MERGED},
    PairState.MERGED: set(),
}


class MergeState(models.TextChoices):
    """The states of a proposal to merge two records."""

    PROPOSED = "proposed", _("waiting for a second person")
    MERGED = "merged", _("merged")
    REFUSED = "refused", pgettext_lazy("request", "refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "withdrawn")


MERGE_MOVES = {
    MergeState.PROPOSED: {MergeState.MERGED, MergeState.REFUSED, MergeState.WITHDRAWN},
    MergeState.MERGED: set(),
    MergeState.REFUSED: set(),
    MergeState.WITHDRAWN: set(),
}
