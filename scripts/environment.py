"""The Python environment `.venv`, made by uv from the lock file, on a machine that may have
nothing but `python3`.
"""

from __future__ import annotations

import configparser
import hashlib
import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

from scripts.terminal import fail, say

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
PYTHON = VENV / "bin" / "python"
LOWEST = (3, 11)
# What of the lock file each purpose needs.
# Running takes nothing away: an environment for tests stays one.
PARTS = {"run": ["--no-default-groups", "--inexact"], "test": ["--all-extras"]}


def provide(purpose: str) -> None:
    """Make `.venv` hold what *purpose* ("run" or "test") needs; a no-op if it does already."""
    if sys.version_info < LOWEST:
        fail(
            f"Craftpath needs Python 3.11 or later; `python3` here is {sys.version.split()[0]}. Name another: make demo PYTHON=python3.12"
        )
    wanted = hashlib.sha256(
        (ROOT / "uv.lock").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    ).hexdigest()
    # An environment for tests serves for running too.
    stamps = [VENV / f".craftpath-{name}" for name in ("test", purpose)]
    if PYTHON.exists() and any(stamp.exists() and stamp.read_text() == wanted for stamp in stamps):
        return
    uv, variables = _uv(), _variables()
    say("Python packages, from the lock file:")
    mirror = _mirror()
    if mirror:
        _from_mirror(uv, variables, mirror, purpose)
    else:
        _run([uv, "sync", "--frozen", "--python", sys.executable, *PARTS[purpose]], variables)
    for stamp in VENV.glob(".craftpath-*"):
        stamp.unlink()
    (VENV / f".craftpath-{purpose}").write_text(wanted)


def found_uv() -> str | None:
    """Return a uv that works, the machine's or ours of an earlier time, if there is one."""
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if (
            candidate
            and Path(candidate).exists()
            and subprocess.run(
                [candidate, "--version"], capture_output=True, check=False
            ).returncode
            == 0
        ):
            return candidate
    return None


def _uv() -> str:
    """Return a uv that works; fetched, if need be, from the package index that pip is set up for."""
    found = found_uv()
    if found:
        return found
    say("Fetching uv, which fetches the rest …")
    shutil.rmtree(TOOLS / "uv", ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(TOOLS / "uv")], os.environ)
    _run(
        [
            str(TOOLS / "uv/bin/python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "uv",
        ],
        os.environ,
    )
    return str(TOOLS / "uv/bin/uv")


def _variables() -> dict[str, str]:
    """Return the environment for uv: it trusts the certificates that pip and Python trust here,
    and takes no other Python.
    """
    variables = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(VENV)}
    variables.pop("VIRTUAL_ENV", None)  # somebody else's environment is not ours to fill
    bundles = (
        os.environ.get("SSL_CERT_FILE"),
        os.environ.get("PIP_CERT"),
        _pip_option("cert"),
        ssl.get_default_verify_paths().cafile,
    )
    bundle = next((path for path in bundles if path and Path(path).is_file()), None)
    if bundle:
        variables["SSL_CERT_FILE"] = bundle
    return variables


def _mirror() -> str | None:
    """Return the package index this machine has been told to use instead of the usual one."""
    names = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
    return next((os.environ[name] for name in names if os.environ.get(name)), None) or _pip_option(
        "index-url"
    )


def _pip_option(name: str) -> str | None:
    """Return *name* of the section [global] in pip's own settings files, the most personal one
    first.
    """
    home = Path.home()
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    for path in (
        os.environ.get("PIP_CONFIG_FILE"),
        config / "pip/pip.conf",
        home / ".pip/pip.conf",
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
    ):
        if path and Path(path).is_file():
            parser = configparser.RawConfigParser()
            parser.read(path, encoding="utf-8")
            if parser.has_option("global", name):
                return parser.get("global", name)
    return None


def _from_mirror(uv: str, variables: dict[str, str], mirror: str, purpose: str) -> None:
    """Install the locked versions, checked by their hashes, from *mirror*: the lock names files of
    the usual index only.
    """
    variables = {**variables, "UV_DEFAULT_INDEX": mirror}
    TOOLS.mkdir(exist_ok=True)
    listing = TOOLS / f"requirements-{purpose}.txt"
    parts = [part for part in PARTS[purpose] if part != "--inexact"]
    _run(
        [
            uv,
            "export",
            "--quiet",
            "--frozen",
            "--no-emit-project",
            *parts,
            "--output-file",
            str(listing),
        ],
        variables,
    )
    if not PYTHON.exists():
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], variables)
    _run(
        [
            uv,
            "pip",
            "install",
            "--require-hashes",
            "--python",
            str(PYTHON),
            "--requirements",
            str(listing),
        ],
        variables,
    )
    _run(
        [
            uv,
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--python",
            str(PYTHON),
            "--editable",
            str(ROOT),
        ],
        variables,
    )


def _run(command: list[str], variables: os._Environ[str] | dict[str, str]) -> None:
    if subprocess.run(command, cwd=ROOT, env=dict(variables), check=False).returncode:
        fail(
            f"`{' '.join(command[:4])} …` failed, see above. If the package index can't be reached from here, set a mirror for pip\n"
            "(pip config set global.index-url ADDRESS) or PIP_INDEX_URL, and its certificate in PIP_CERT; then try again."
        )
