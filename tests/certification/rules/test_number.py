"""Numbers: the published vectors, every single slip caught, whatever way it is typed."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from certification.rules import number
from certification.rules.near_miss import NumberWriting, classify_number_writing

ORG = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=20)
NUMBERS = st.builds(
    number.make_certificate_number,
    org=ORG,
    kind=st.sampled_from(number.KINDS),
    year=st.integers(1000, 9999),
    serial=st.integers(1, 999_999),
)


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("11100000000013338W009" + "11330105002500287C" + "2025052201" + "002", "0"),
        ("11100000000013338W011" + "11430000006122244L" + "20230000403" + "001", "U"),
    ],
)
def test_check_character_of_published_samples(text, check):
    assert number.compute_check_character(text) == check


def test_number_is_printed_in_five_parts():
    made = number.make_certificate_number(org="330106", kind="PX", year=2026, serial=1837)
    assert str(made) == "330106-PX-2026-001837-Y"
    assert made.fits


TWINS = {"0": "O", "O": "0", "1": "I", "I": "1"}
DIGITS = {"O": "0", "I": "1"}


@given(NUMBERS)
def test_number_printed_and_read_is_itself(made):
    assert number.parse_certificate_number(str(made)) == made
    assert classify_number_writing(str(made)) == NumberWriting.WELL_FORMED


@given(NUMBERS, st.data())
def test_one_wrong_character_never_fits(made, data):
    text = str(made)
    place = data.draw(st.sampled_from([i for i, c in enumerate(text) if c != "-"]))
    other = data.draw(st.sampled_from(number.ALPHABET).filter(lambda c: c != text[place]))
    read = number.parse_certificate_number(text[:place] + other + text[place + 1 :])
    digits = place in range(len(text) - len("2026-001837-Y"), len(text) - 2)
    if (digits and DIGITS.get(other) == text[place]) or (
        place == len(text) - 1 and TWINS.get(other) == text[place]
    ):
        assert read == made
    else:
        assert (
            read is None
            or not read.fits
            or _differs_by_a_twin_of_the_check(made, read, place, len(text))
        )


def _differs_by_a_twin_of_the_check(made, read, place, length):
    """The one hole: elsewhere than in the last place, where the character that would fit is the
    twin of the one that stands there.
    """
    return place < length - 1 and made.check in TWINS and read.check == TWINS[made.check]


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("330106-PX-2O26-OO1837-Y", True),  # the year and the serial are digits
        ("330106-PX-2026-00I837-Y", True),
        ("33O106-PX-2026-001837-Y", False),  # a union's code may hold letters
        ("330106-PX-2026-001B37-Y", None),  # no other letter is a digit
        ("33010S-PX-2026-001837-Y", False),
    ],
)
def test_twins_count_in_year_serial_and_last_place_only(typed, fits):
    read = number.parse_certificate_number(typed)
    assert (read.fits if read else None) is fits
    assert (number.make_number_key(typed) == "330106-PX-2026-001837-Y") is bool(fits)


@pytest.mark.parametrize(
    "label",
    [
        "证书编号：",
        "证书编号: ",
        "证书编号 ",
        "编号:",
        "證書編號：",
        "证书号码：",
        "Certificate No.: ",
        "Certificate number: ",
        "NO: ",
    ],
)
def test_label_copied_along_is_no_part_of_the_number(label):
    assert number.make_number_key(f"{label}330106-PX-2026-001837-Y") == "330106-PX-2026-001837-Y"
    assert number.make_number_key(
        f"{label.rstrip().rstrip(':：')}：浙焊字〔2015〕第0123号"
    ) == number.make_number_key("浙焊字〔2015〕第0123号")


@pytest.mark.parametrize("text", ["编号", "NO:", "证书编号：", "编号甲123", "NO123"])
def test_what_only_begins_like_a_label_is_kept(text):
    assert number.make_number_key(text) == {
        "编号甲123": "编号甲123",
        "NO123": "NO123",
        "编号": "编号",
    }.get(text, "")


@given(NUMBERS.filter(lambda made: made.check in "0O1I"))
def test_letters_alike_in_the_last_place_are_one(made):
    other = made.check.translate(str.maketrans("0O1I", "O0I1"))
    typed = str(made)[:-1] + other
    assert number.parse_certificate_number(typed) == made
    assert number.make_number_key(typed) == number.make_number_key(str(made)) == str(made)
    assert classify_number_writing(typed) == NumberWriting.WELL_FORMED


@pytest.mark.parametrize("printed", ["330900-PX-2024-000004-1", "330900-PX-2023-000004-I"])
def test_small_l_in_the_last_place_is_a_one_or_an_i(printed):
    typed = printed[:-1] + "l"
    assert str(number.parse_certificate_number(typed)) == number.make_number_key(typed) == printed
    assert classify_number_writing(typed) == NumberWriting.WELL_FORMED
    assert (
        classify_number_writing(printed[:-1] + "L") == NumberWriting.CHECK_FAILS
    )  # nobody takes a capital L for one of them


@pytest.mark.parametrize("text", ["330106-РХ-2026-001837-Y", "ЗЗ0106", "330106-ΡΧ-2026-001837-Y"])
def test_letters_of_another_alphabet_are_named(text):
    assert classify_number_writing(text) == NumberWriting.FOREIGN_LETTERS


def test_of_the_630_pairs_of_neighbours_one_is_missed_when_swapped():
    """ISO 7064 MOD 37,36 catches every wrong character, and every swap but one at each state of
    the sum: where it reads 18 and 19.

    The published promise "all swaps" holds for the pure systems only; this hybrid one has its blind
    spot here, so it is written down.
    """
    for state in range(1, 37):
        missed = {
            (a, b)
            for a in range(36)
            for b in range(a + 1, 36)
            if step(step(state, a), b) == step(step(state, b), a)
        }
        assert missed == {tuple(sorted(((18 - state) % 36, (19 - state) % 36)))}


@given(NUMBERS, st.data())
def test_two_neighbours_swapped_are_caught_but_for_that_pair(made, data):
    text = str(made).replace("-", "")
    place = data.draw(st.integers(0, len(text) - 2))
    first, second = (number.ALPHABET.index(text[i]) for i in (place, place + 1))
    typed = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assume(
        typed[-1] not in TWINS
    )  # what is read as one in the last place can't tell the two apart there
    swapped = number.parse_certificate_number(typed)
    state = 36
    for character in text[:place]:
        state = step(state, number.ALPHABET.index(character))
    if first != second and swapped is not None:
        assert swapped.fits == ({(state + first) % 36, (state + second) % 36} == {18, 19})


def step(state, value):
    """One character of MOD 37,36 (GB/T 17710), written down a second time, apart from the code it
    judges.
    """
    return ((state + value) % 36 or 36) * 2 % 37


@pytest.mark.parametrize(
    "typed",
    [
        "330106-PX-2026-001837-Y",
        " 330106 px 2026 001837 y ",
        "330106PX2026001837Y",
        "３３０１０６－ＰＸ－２０２６－００１８３７－Ｙ",
        "330106—PX–2026‐001837−y",
        "330106-\nPX-2026　001837-Y",
    ],
)
def test_number_is_read_however_it_was_typed(typed):
    assert str(number.parse_certificate_number(typed)) == "330106-PX-2026-001837-Y"


@pytest.mark.parametrize("org", ["330106", "PX2026", "JS", "A1PX2026000001"])
def test_union_code_that_looks_like_a_kind_is_no_trap(org):
    made = number.make_certificate_number(org=org, kind="RY", year=2026, serial=7)
    assert number.parse_certificate_number(str(made)) == made


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("330106-PX-2026-001837-Y", NumberWriting.WELL_FORMED),
        ("330106-PX-2026-001837-F", NumberWriting.CHECK_FAILS),
        ("330106-PX-2026-01837-Y", NumberWriting.NOT_OURS),
        ("330106-XL-2026-001837-F", NumberWriting.NOT_OURS),
        ("Y000123123456195000001", NumberWriting.STATE_CERTIFICATE),
        ("s０００１２３１２３４５６１９T000001", NumberWriting.STATE_CERTIFICATE),
        ("", NumberWriting.NOT_OURS),
        ("张三", NumberWriting.NOT_OURS),
    ],
)
def test_only_the_writing_of_the_number_is_judged(typed, said):
    assert classify_number_writing(typed) == said


@given(st.text(max_size=200))
def test_any_text_is_judged_without_an_error(text):
    assert classify_number_writing(text) in NumberWriting
    assert len(number.normalise_typed_number(text)) <= 60


@pytest.mark.parametrize(
    ("code", "part"),
    [("330106", "330106"), ("3301-06", "330106"), ("zj 01", "ZJ01"), ("杭A1", "A1")],
)
def test_union_code_as_it_stands_in_numbers(code, part):
    assert number.format_union_part(code) == part


@pytest.mark.parametrize("code", ["", "杭州", "A"])
def test_union_code_with_nothing_to_print_is_refused(code):
    with pytest.raises(number.NumberError):
        number.format_union_part(code)


@pytest.mark.parametrize(
    "parts",
    [
        {"org": "a1"},
        {"kind": "XX"},
        {"serial": 0},
        {"serial": 1_000_000},
        {"year": 99},
        {"org": "A" * 21},
        {"org": "1"},
    ],
)
def test_impossible_parts_make_no_number(parts):
    with pytest.raises(number.NumberError):
        number.make_certificate_number(
            **({"org": "330106", "kind": "PX", "year": 2026, "serial": 1} | parts)
        )


def test_check_character_of_other_signs_is_refused():
    with pytest.raises(number.NumberError):
        number.compute_check_character("330106-PX")
