"""Tell by its content what kind of file was sent, whatever it is called. Kinds that aren't read
get a sentence that says how to save them.
"""

from __future__ import annotations

import zipfile
from typing import IO

from django.utils.translation import gettext as _

from core.spreadsheets.refusals import UnreadableSpreadsheet

XLSX, TEXT = "xlsx", "text"
NOT_A_SPREADSHEET = "sheet_not_xlsx"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NOT_TEXT = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
    b"II*\x00",
    b"MM\x00*",
    b"RIFF",
)
HEAD_BYTES = 64 * 1024


def identify_kind(file: IO[bytes]) -> str:
    """Return `XLSX` or `TEXT`. Raises `UnreadableSpreadsheet` for every other kind, saying how to
    save it.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head.strip():
        raise UnreadableSpreadsheet(
            NOT_A_SPREADSHEET, _("The file is empty. Choose the file with the list.")
        )
    if head.startswith(b"PK"):
        return _identify_archive(file)
    if head.startswith(_OLE):
        file.seek(0)
        if _ENCRYPTED in file.read():
            raise UnreadableSpreadsheet(
                "sheet_locked",
                _(
                    "The file is protected by a password. Remove the password, then upload "
                    "the file again."
                ),
            )
        raise UnreadableSpreadsheet(
            "sheet_old_excel",
            _(
                "This is a workbook in the old format (.xls or .et). Open it, choose “Save "
                "as” with the type “.xlsx”, and upload the new file."
            ),
        )
    if head.startswith(_NOT_TEXT):
        raise refuse_foreign()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:4096].lower()
    if start.startswith(b"<?xml") and b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise UnreadableSpreadsheet(
            "sheet_xml_2003",
            _(
                "This is an XML spreadsheet from 2003. Open it, choose “Save as” with the "
                "type “.xlsx”, and upload the new file."
            ),
        )
    if start.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<?xml", b"<!--")
    ):
        raise UnreadableSpreadsheet(
            "sheet_is_web_page",
            _(
                "Whatever its name, this file is a web page with a table. Open it in a "
                "spreadsheet program, save it as .xlsx and upload that file."
            ),
        )
    return TEXT


def refuse_foreign() -> UnreadableSpreadsheet:
    """Return the refusal of what is no spreadsheet at all."""
    return UnreadableSpreadsheet(
        NOT_A_SPREADSHEET,
        _(
            "This file isn't a spreadsheet that can be read. Save the list as .xlsx or .csv "
            "and upload that file."
        ),
    )


def _identify_archive(file: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = {entry.filename.lower() for entry in archive.infolist()}
            kind = (
                archive.read("mimetype")[:100]
                if "mimetype" in names and archive.getinfo("mimetype").file_size < 200
                else b""
            )
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        KeyError,
    ) as error:
        raise refuse_torn() from error
    if b"opendocument" in kind:
        raise UnreadableSpreadsheet(
            "sheet_open_document",
            _(
                "This is an OpenDocument file (.ods). Open it, choose “Save as” with the "
                "type “.xlsx”, and upload the new file."
            ),
        )
    if any(name.endswith("workbook.bin") for name in names):
        raise UnreadableSpreadsheet(
            "sheet_binary",
            _(
                "This is a binary workbook (.xlsb). Open it, choose “Save as” with the type "
                "“.xlsx”, and upload the new file."
            ),
        )
    if any(name.endswith(".iwa") for name in names):
        raise UnreadableSpreadsheet(
            "sheet_numbers",
            _("This is a Numbers file. Export it as an Excel file (.xlsx) and upload that file."),
        )
    if "_rels/.rels" not in names and "xl/workbook.xml" not in names:
        raise refuse_foreign()
    return XLSX


def refuse_torn() -> UnreadableSpreadsheet:
    """Return the refusal of an archive that can't be opened."""
    return UnreadableSpreadsheet(
        NOT_A_SPREADSHEET,
        _("The file is damaged or incomplete. Save it as .xlsx again and upload the new file."),
    )
