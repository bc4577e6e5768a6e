"""The whole walk on the demo as `make demo` runs it: roster, course, exam, certificate, contest,
check, search.

Once on a phone and once on a desk. Each page on the way is held against WCAG 2.2 AA by axe-core,
must not reach out to another host, and must not be wider than the screen.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Error

from tests.browser import running_site
from tests.support.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("walk")]
FILES = running_site.ROOT / "site" / "home" / "demo"
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "preload": False,
}
SCALE = [854, 834, 791, 786, 779]  # the first five of 32 published marks
RAW = ["61.42", "54.33", "39.58", "37.75", "35.50"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """Set a demo up once; each width walks through a copy of it, at the same address."""
    folder, port = tmp_path_factory.mktemp("walk") / "made", running_site.free_port()
    folder.mkdir()
    running_site.make(folder, running_site.environment(folder, port))
    return folder, port


class Walker:
    """One browser on the running demo. Every page it sees is looked over."""

    def __init__(self, browser: Any, base: str, env: dict[str, str], **screen: Any) -> None:
        self.context = browser.new_context(
            base_url=base, locale="zh-CN", accept_downloads=True, **screen
        )
        self.context.set_default_timeout(20_000)
        self.page = self.context.new_page()
        self.env, self.base, self.faults = env, base, []
        self.page.on(
            "console",
            lambda message: self.faults.append(message.text) if message.type == "error" else None,
        )
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._host)

    def _host(self, request: Any) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.netloc != urlsplit(self.base).netloc:
            self.faults.append(f"asked another host: {request.url}")

    def sign_in(self, role: str) -> None:
        self.context.clear_cookies()
        self.page.goto("/sign-in/")
        self.page.locator(f'button[value="{role}"]').click()
        self.page.wait_for_url(lambda url: "/sign-in/" not in url)

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer.status == 200, f"{path} answered {answer.status}"
        self.look()

    def press(self, name: str) -> None:
        """Press the button or link whose name begins with *name*."""
        pattern = re.compile(f"^{re.escape(name)}")
        target = self.page.get_by_role("button", name=pattern).or_(
            self.page.get_by_role("link", name=pattern)
        )
        target.locator("visible=true").first.click()
        self.page.wait_for_load_state()

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def look(self) -> None:
        """Hold the page against axe-core and the width of the screen."""
        before = len(self.faults)
        found = Axe().run(self.page, options=WCAG)
        del self.faults[before:]  # axe's own style element, which our content policy refuses
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"

    def reload_until(self, wanted: str, tries: int = 60) -> None:
        """Reload until the page says *wanted*: the background worker is a process of its own."""
        for _try in range(tries):
            if wanted in self.text():
                return
            self.page.wait_for_timeout(1000)
            try:
                self.page.reload()
            except Error:  # a page that follows its work went on by itself at this very moment
                self.page.wait_for_load_state()
        pytest.fail(f"{self.page.url} never said {wanted!r}:\n{self.text()[:2000]}")

    def ask(self, question: str) -> Any:
        """Return what a function of `tests.browser.answers` says."""
        printed = self.shell(
            f"import json; from tests.browser.answers import *; print('ANSWER ' + json.dumps({question}))"
        )
        return json.loads(printed.split("ANSWER ", 1)[1].splitlines()[0])

    def shell(self, code: str) -> str:
        return running_site.manage(self.env, "shell", "--no-imports", "-c", code)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desk", "phone"])
def walker(
    request: pytest.FixtureRequest, made: tuple[Path, int], chromium: Any, tmp_path: Path
) -> Any:
    """A browser of the given width on a running copy of the demo."""
    folder, port = made
    var = tmp_path / "var"
    shutil.copytree(folder, var)
    env = running_site.environment(var, port)
    screen = {"viewport": request.param} | (
        {"has_touch": True, "is_mobile": True} if request.param is PHONE else {}
    )
    with running_site.running(env, tmp_path / "site.log") as base:
        one = Walker(chromium, base, env, **screen)
        yield one
        one.context.close()
        assert one.faults == []


def test_enrol_compete_certify_verify(walker: Walker, tmp_path: Path) -> None:
    import_tree_and_roster(walker)
    see_the_course_in_the_editor(walker)
    number, name, link = learn_and_earn_a_certificate(walker, tmp_path)
    score_lock_and_rank(walker)
    see_the_published_marks(walker)
    verify(walker, number, name, link)
    search(walker)


@pytest.mark.service("elasticsearch")
def test_search_step_on_elasticsearch(
    made: tuple[Path, int], chromium: Any, tmp_path: Path
) -> None:
    """The same site on the other engine: the sixth step of the walk, after a rebuild of the index."""
    folder, port = made
    var = tmp_path / "var"
    shutil.copytree(folder, var)
    engine = {
        "ELASTICSEARCH_URL": os.environ["ELASTICSEARCH_URL"],
        "ELASTICSEARCH_PREFIX": f"walk-{port}",
    }
    env = running_site.environment(var, port, **engine)
    running_site.manage(env, "rebuild_index")
    with running_site.running(env, tmp_path / "site.log") as base:
        one = Walker(chromium, base, env, viewport=DESKTOP)
        search(one)
        one.context.close()
        assert one.faults == []


# 1. The officer


def import_tree_and_roster(walker: Walker) -> None:
    page = walker.page
    walker.sign_in("officer")

    def send(kind: str, file: str) -> None:
        walker.go("/office/imports/new/")
        page.locator(f'input[name="kind"][value="{kind}"]').check()
        page.locator('select[name="org"]').select_option(label="示例市总工会")
        page.locator('input[type="file"]').set_input_files(FILES / file)
        page.locator("main form button.btn-primary").click()
        page.wait_for_url(re.compile(r"/office/imports/[0-9a-f-]{36}/"))
        walker.look()

    def check_columns(wanted: str) -> None:
        """Step 2, and the wait for step 3: the check is background work."""
        page.locator("main form button.btn-primary").click()
        page.wait_for_url(re.compile(r"/office/imports/[0-9a-f-]{36}/$"))
        walker.reload_until(wanted)
        walker.look()

    def take_over(wanted: str) -> None:
        page.locator("form[action$='/apply/'] button.btn-primary").click()
        page.wait_for_load_state()
        walker.reload_until(wanted)
        walker.look()

    send("tree", "工会组织.xlsx")
    take_over("已导入 15 行")
    send("roster", "花名册-三行待改.xlsx")
    check_columns("297 行可以导入，3 行要改")
    causes = page.locator(".causes > li").all_inner_texts()  # one line a cause, each with its rows
    rows = [
        int(row)
        for cause in causes
        for where in re.findall(r"第\s*([^第行]+?)\s*行", cause)
        for row in re.findall(r"\d+", where)
    ]
    assert sorted(rows) == [17, 142, 256], causes
    with page.expect_download() as waiting:
        page.locator("a[href$='/errors/']").click()
    sheet = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).worksheets[0]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [17, 142, 256]
    take_over("已导入 297 行")
    page.locator("a[href$='/undo/']").click()
    page.wait_for_load_state()
    walker.look()
    page.locator("main form button[type='submit']").click()
    page.wait_for_load_state()
    walker.reload_until("已整批撤回")
    walker.look()
    send("roster", "花名册.xlsx")
    check_columns("300 行都可以导入")
    take_over("已导入 300 行")
    walker.go("/office/unions/?open=all")
    assert "西湾街道餐饮行业联合工会" in walker.text()
    walker.go("/office/people/?q=𠮷")
    assert "𠮷" in page.locator("table.ledger").inner_text()


# 2. The editor


def see_the_course_in_the_editor(walker: Walker) -> None:
    page = walker.page
    walker.sign_in("editor")
    page.goto("/manage/pages/")
    page.wait_for_load_state()
    assert page.locator("text=焊接安全").count() or page.locator("text=匠路").count()
    walker.go("/training/")
    page.get_by_role("link", name=re.compile("焊接安全")).first.click()
    page.wait_for_load_state()
    walker.look()
    assert "40" in walker.text()


# 3. The worker


def learn_and_earn_a_certificate(walker: Walker, tmp_path: Path) -> tuple[str, str, str]:
    page = walker.page
    walker.sign_in("worker")
    walker.go("/me/")
    walker.go("/training/welding-safety/")
    page.locator("label.choice", has_text="今日班").click()
    page.locator("form[action='/classes/choose/'] button.btn-primary").click()
    page.wait_for_url(re.compile(r"/enrol/"))
    walker.look()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/classes/[0-9a-f-]{36}/$"))
    walker.look()
    mine = urlsplit(page.url).path
    check_in(walker, mine)
    read_the_lessons(walker, mine)
    sit_the_exam(walker, mine)
    walker.go("/certificates/")
    walker.reload_until("焊接安全")
    walker.look()
    page.locator("main a[href^='/certificates/']").first.click()
    page.wait_for_load_state()
    walker.look()
    with page.expect_download() as waiting:
        page.locator("a[href$='/pdf/']").first.click()
    pdf = tmp_path / "certificate.pdf"
    waiting.value.save_as(pdf)
    words = re.sub(
        r"\s",
        "",
        subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
        ).stdout,
    )
    number = re.search(r"\d{6}-PX-\d{4}-\d{6}-[0-9A-Z]", words)
    assert number, words
    assert "林晓禾" in words
    assert "焊接安全" in words
    picture = subprocess.run(
        ["pdftoppm", "-png", "-r", "150", str(pdf)], capture_output=True, check=True
    ).stdout
    codes = [
        code.text
        for code in zxingcpp.read_barcodes(
            Image.open(io.BytesIO(picture)), formats=zxingcpp.BarcodeFormat.QRCode
        )
    ]
    assert len(codes) == 1
    assert codes[0].startswith(f"{walker.base}/V/")
    return number.group(), "林晓禾", codes[0]


def check_in(walker: Walker, mine: str) -> None:
    """The class head shows the code on the wall; the worker, whose page is open already, types it
    before it is fifteen seconds old.
    """
    walker.go(f"{mine}check-in/")
    wall = walker.context.browser.new_context(base_url=walker.base, locale="zh-CN")
    head = wall.new_page()
    head.goto("/sign-in/")
    head.locator('button[value="trainer"]').click()
    head.goto(f"{mine}roster/")
    head.locator("a[href$='/code/']").first.click()
    head.wait_for_load_state()
    code = re.sub(r"\D", "", head.locator(".wall-now .digits").inner_text())
    walker.page.locator("input[name='code']").fill(code)
    walker.page.locator("main form button.btn-primary").click()
    walker.page.wait_for_load_state()
    wall.close()
    walker.look()
    assert walker.page.locator(".verdict.ok").count() == 1, walker.text()


def read_the_lessons(walker: Walker, mine: str) -> None:
    page = walker.page
    # Time on the page counts on the server; the demo's lessons ask for 20 seconds each, a test has
    # less patience.
    walker.shell("from courses.models import Lesson; Lesson.objects.update(min_seconds=1)")
    quiz = walker.ask("right_quiz('welding-safety')")
    for number in (1, 2, 3, 4):
        walker.go(f"{mine}lessons/{number}/")
        for picture in page.locator("main img").all():
            assert picture.get_attribute("alt")
        for block, options in quiz[str(number)].items():
            for option in options:
                page.locator(f"input[name='quiz-{block}'][value='{option}']").check()
        page.wait_for_timeout(1500)  # reading takes time, and the server counts it
        page.locator("main form button.btn-primary[type='submit']").locator(
            "visible=true"
        ).last.click()
        page.wait_for_url(re.compile(r"/classes/[0-9a-f-]{36}/#lessons"))
    walker.go(mine)


def sit_the_exam(walker: Walker, mine: str) -> None:
    page = walker.page
    page.locator(f"a[href^='{mine}exams/']").first.click()
    page.wait_for_load_state()
    walker.look()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/sittings/"))
    walker.look()
    for place, answer in right_answers(walker, page.url).items():
        page.locator(f"[data-go='{place}']").click()
        question = page.locator(f"#q{place}")
        if question.get_attribute("data-kind") == "number":
            question.locator("input").fill(answer[0])
            question.locator("input").blur()
        else:
            for option in answer:
                question.locator(f"input[value='{option}']").check(force=True)
    page.locator("[data-n='saved']", has_text="10").wait_for()
    page.locator("#hand-in").click()
    page.locator("#sure-yes").click()
    page.wait_for_url(re.compile(r"/result/"))
    walker.look()
    assert "100" in walker.text()


def right_answers(walker: Walker, url: str) -> dict[str, list[str]]:
    """Ask the question bank, as somebody who has studied would know: place → options or number."""
    return walker.ask(f"right_answers('{urlsplit(url).path.split('/')[3]}')")


# 4. The contest


def score_lock_and_rank(walker: Walker) -> None:
    page = walker.page
    walker.sign_in("judge")
    walker.go("/judging/")
    assert "林晓禾" not in walker.text()
    page.locator("a[href^='/judging/']:has(b)").locator("visible=true").first.click()
    page.wait_for_load_state()
    page.locator("#aspects button, #aspects input").first.wait_for()
    walker.look()
    event = (
        walker.shell(
            "from competitions.models import Event; from competitions.demo import WELDING, mark_some; "
            "event = Event.objects.get(title=WELDING); mark_some(event, modules=('A', 'B', 'C', 'D', 'E')); print('EVENT', event.public_id)"
        )
        .split("EVENT ")[1]
        .strip()
    )
    office = f"/competitions/{event}/office/"
    walker.sign_in("chief_judge")
    walker.go(office)
    for module in "ABCDE":
        act(walker, f"{office}act/lock-module/{module}/")
    act(walker, f"{office}act/lock/")
    walker.sign_in("officer")
    act(walker, f"{office}act/compute/")
    walker.go(f"{office}results/")
    walker.sign_in("secrecy")
    act(walker, f"{office}act/unseal/", reason="成绩已锁定，按程序解密")
    walker.sign_in("reviewer")
    walker.go(office)
    page.locator("a[href*='/requests/']").first.click()
    page.wait_for_load_state()
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
    act(walker, f"{office}act/confirm/")
    walker.sign_in("officer")
    act(walker, f"{office}act/publish/")
    walker.context.clear_cookies()
    walker.go(f"/competitions/{event}/board/")
    assert "林晓禾" in walker.text() or "林**" in walker.text()


def act(walker: Walker, path: str, **fields: str) -> None:
    """Open the page that names the consequence, and confirm."""
    walker.go(path)
    for name, value in fields.items():
        walker.page.locator(f"[name='{name}']").fill(value)
    walker.page.locator("main form button.btn-primary, main form button.btn-danger").first.click()
    walker.page.wait_for_load_state()
    assert "/act/" not in walker.page.url, walker.text()


def see_the_published_marks(walker: Walker) -> None:
    page = walker.page
    walker.go("/competitions/")
    page.get_by_role("link", name=re.compile("公开成绩 32 人")).first.click()
    page.wait_for_load_state()
    walker.look()
    walker.go(f"{urlsplit(page.url).path}board/")
    words = walker.text()
    for value in (*RAW, *map(str, SCALE)):
        assert value in words, f"{value} is not on the board"


# 5. HR


def verify(walker: Walker, number: str, name: str, link: str) -> None:
    page = walker.page
    walker.context.clear_cookies()
    walker.go(urlsplit(link).path)
    assert page.locator("[data-answer]").get_attribute("data-answer") == "valid"
    assert name not in walker.text()
    walker.go("/verify/")
    page.locator("[name='number']").fill(number.lower().replace("-", " "))
    page.locator("[name='name']").fill(name)
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
    walker.look()
    assert page.locator("[data-answer]").get_attribute("data-answer") == "valid"
    assert name in walker.text()
    assert name not in page.url
    walker.sign_in("hr")
    walker.go("/verify/batch/")
    with page.expect_download() as waiting:
        page.locator("a[href$='/demo.xlsx']").click()
    page.locator("input[type='file']").set_input_files(
        {
            "name": "verify-50.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": Path(waiting.value.path()).read_bytes(),
        }
    )
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r"/verify/batch/[0-9a-f-]{36}/"))
    walker.look()
    assert "50" in page.locator("h1").inner_text()
    with page.expect_download() as waiting:
        page.locator("a[href$='report.xlsx']").first.click()
    assert (
        load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes())).worksheets[0].max_row
        >= 50
    )


# 6. Search


def search(walker: Walker) -> None:
    for words, wanted in (
        ("焊接", "焊接安全"),
        ("hjaq", "焊接安全"),
        ("决赛", "焊工决赛"),
        ("hgjs", "焊工决赛"),
        ("郝焊牢", "郝焊牢"),
        ("hhl", "郝焊牢"),
    ):
        walker.go("/search/")
        walker.page.locator("main input[name='q']").fill(words)
        walker.page.locator("main form button").first.click()
        walker.page.wait_for_url(re.compile(r"[?&]q="))
        walker.reload_until(wanted, tries=10)
    walker.look()
