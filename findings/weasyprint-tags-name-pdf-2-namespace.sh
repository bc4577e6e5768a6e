#!/usr/bin/env bash
# WeasyPrint with pdf_tags=True and no pdf_version writes structure elements of the PDF 2.0 namespace into a PDF 1.7 file.
#
# Namespaces of structure elements came with PDF 2.0 (ISO 32000-2, 14.7.4). WeasyPrint adds them if `str(version) >= '2.0'`; where no
# version was asked for, the text compared is "None", which sorts behind "2.0". The file says PDF 1.7 all the same. With an explicit
# pdf_version="1.7" the namespace isn't there.
#
# Seen on 2026-11-30 with WeasyPrint 70.0: header %PDF-1.7, namespace there without a version, not there with pdf_version="1.7".
# WeasyPrint needs the system's Pango (Debian: libpango-1.0-0 libharfbuzz-subset0).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check weasyprint==70.0 pydyf==0.13.0
"$folder/venv/bin/python" - <<'PYTHON'
from weasyprint import HTML

PAGE = HTML(string='<html lang="zh"><title>证书</title><p>证书</p>')
NAMESPACE = b"http://iso.org/pdf2/ssn"
seen = {}
for version in (None, "1.7"):
    data = PAGE.write_pdf(pdf_tags=True, pdf_version=version, uncompressed_pdf=True)
    seen[version] = (data.splitlines()[0].decode("latin-1"), NAMESPACE in data)
    print(f"pdf_version={version}: header {seen[version][0]}, PDF 2.0 namespace {'there' if seen[version][1] else 'not there'}")
assert seen == {None: ("%PDF-1.7", True), "1.7": ("%PDF-1.7", False)}, "it has changed"
print("still so")
PYTHON
