"""Set-up steps: done once, done again when what they depend on changes; the machine's own mirror
and certificates are respected.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import environment, setup, system, terminal


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "STAMPS", tmp_path / "stamps")
    (tmp_path / "uv.lock").write_text("one")
    (tmp_path / "source").write_text("one")
    return tmp_path


def test_step_is_done_once_until_source_lock_or_product_changes(steps: Path) -> None:
    done, product = [], steps / "product"

    def act() -> None:
        done.append(1)
        product.touch()

    def count() -> int:
        setup.once("step", [steps / "source"], act, product=product)
        return len(done)

    assert (count(), count()) == (1, 1)
    (steps / "source").write_text("two")
    assert (count(), count()) == (2, 2)
    (steps / "uv.lock").write_text("two")
    assert (count(), count()) == (3, 3)
    product.unlink()
    assert (count(), count()) == (4, 4)


def test_step_that_fails_is_tried_again(steps: Path) -> None:
    def fails() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        setup.once("step", [steps / "source"], fails)
    done = []
    setup.once("step", [steps / "source"], lambda: done.append(1))
    assert done == [1]


def test_port_in_use_is_said_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with setup.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(SystemExit):
            setup.demo()
    assert f"PORT={port + 1} make demo" in capsys.readouterr().err


def test_missing_packages_without_apt_are_named_with_their_purpose(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        system.provide((system.Need("Chinese typefaces", "fonts-noto-cjk", lambda: False),))
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert "fonts-noto-cjk" in said
    assert "Chinese typefaces" in said


def test_missing_packages_without_root_and_sudo_give_the_command_for_root(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        system.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit):
        system.provide(
            (system.Need("gettext compiles the translations", "gettext", lambda: False),)
        )
    assert "apt-get install --no-install-recommends gettext" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dlstatus:3:40.0000:Retrieving file 3 of 9", (0.2, "Retrieving file 3 of 9")),
        ("pmstatus:gettext:amd64:50.0:x", (0.5, "50.0:x")),
        ("pmstatus:gettext:50.0000:Unpacking gettext (amd64)", (0.75, "Unpacking gettext (amd64)")),
        ("nonsense", (0.0, "")),
    ],
)
def test_line_of_apts_account_becomes_a_share(line: str, expected: tuple[float, str]) -> None:
    assert system._share(line, fetches_only=False) == expected


def test_mirror_and_certificate_of_pip_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "SSL_CERT_FILE", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    bundle = tmp_path / "bundle.crt"
    bundle.touch()
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nindex-url = https://mirror.example/simple\ncert = {bundle}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    assert environment._mirror() == "https://mirror.example/simple"
    assert environment._variables()["SSL_CERT_FILE"] == str(bundle)
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example/simple")
    assert environment._mirror() == "https://other.example/simple"


def test_bar_never_moves_backwards() -> None:
    bar = terminal.Bar("x")
    bar.advance_to(0.6)
    bar.advance_to(0.2)
    assert bar.fraction == 0.6
    bar.advance_to(7)
    assert bar.fraction == 1.0
