"""Packages for PDFs and spreadsheets are imported where they are used: 36 MB that most processes never need."""

import subprocess
import sys

HEAVY = ("fpdf", "fontTools", "openpyxl", "xlsxwriter", "segno", "cryptography")


def test_the_application_starts_without_what_few_processes_need():
    program = "import sys, main; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    imported = done.stdout.split()
    assert "flask" in imported
    assert not set(HEAVY) & set(imported)
