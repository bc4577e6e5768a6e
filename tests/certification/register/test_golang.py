"""The Go team's note and tlog read an exported register whole: signature, root, every tile,
proofs; what was bent is refused.
"""

import base64
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from certification.queries import register as queries
from certification.workflows.register import append_register_entries
from tests.certification.register.making import Key
from tests.certification.register.tampering import flip
from tests.certification.register.test_append import entries

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SOURCE = Path(__file__).parent / "golang"


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    """Return the built program; skip where there is no Go, or its library can't be had."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("no Go on this machine")
    program = tmp_path_factory.mktemp("go") / "judge"
    built = subprocess.run(
        [go, "build", "-o", program, "."],
        cwd=SOURCE,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if built.returncode and os.environ.get("CRAFTPATH_ALL_SERVICES"):
        pytest.fail(built.stderr)
    if built.returncode:
        pytest.skip(f"the judge can't be built: {built.stderr[-300:]}")

    def run(folder, key):
        done = subprocess.run(
            [program, folder, key.verifier.vkey],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout.strip()

    return run


@pytest.fixture
def tree(key, tmp_path):
    """A tree of 70,000 entries, the specification's own example, with proofs beside it."""
    sizes = [1, 256, 300, 65_536, 70_000]
    heads = [
        append_register_entries(entries(*range(start, end)), sign=key).checkpoint
        for start, end in zip([0, *sizes], sizes, strict=False)
    ]
    call_command("export_register", str(tmp_path), verbosity=0, stdout=io.StringIO())
    for index in (0, 255, 299, 65_536, 69_999):
        _lines(tmp_path / f"proof-{index}", queries.build_inclusion_proof(index, 70_000))
    for head in heads:
        _lines(
            tmp_path / f"consistency-{head.size}",
            [bytes(head.root), *queries.build_consistency_proof(head.size, 70_000)],
        )
    return tmp_path


def _lines(path, hashes):
    path.write_text("".join(base64.b64encode(one).decode() + "\n" for one in hashes))


def test_the_go_teams_code_finds_all_in_order_and_whatever_is_bent(judge, tree, key):
    assert judge(tree, key) == (0, "70000 entries, 277 tiles in order")
    assert judge(tree, Key())[0] == 1
    for name, at, words in [
        ("tile/0/017", 999, "tile/0/017"),
        ("tile/1/000", 40, "tile/1/000"),
        ("tile/entries/100", 2, "root"),
        ("checkpoint", 30, ""),
        ("proof-299", 3, "proof-299"),
        ("consistency-300", 50, "consistency-300"),
    ]:
        data = (tree / name).read_bytes()
        (tree / name).write_bytes(flip(data, at))
        code, said = judge(tree, key)
        assert (code, words in said) == (1, True), name
        (tree / name).write_bytes(data)
    assert judge(tree, key)[0] == 0
