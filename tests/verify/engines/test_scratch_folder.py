from __future__ import annotations

import os

from kerasfix.verify.engines.scratch import remove_tree


def test_a_folder_goes_with_all_that_is_in_it(tmp_path):
    folder = tmp_path / "folder"
    for name in ("a/b/c", "a/d", "e"):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_text("x")
    (folder / "a" / "b").chmod(0)
    os.mkfifo(folder / "fifo")
    remove_tree(folder)
    assert not folder.exists()


def test_links_go_and_what_they_lead_to_stays(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "folder").symlink_to(outside)
    (folder / "file").symlink_to(outside / "file")
    (folder / "nowhere").symlink_to("/nowhere/at/all")
    remove_tree(folder)
    assert not folder.exists()
    assert (outside / "file").read_text() == "mine"


def test_a_link_in_place_of_the_folder_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine")
    (tmp_path / "folder").symlink_to(outside)
    remove_tree(tmp_path / "folder")
    assert (outside / "file").read_text() == "mine"


def test_a_folder_that_is_not_there_is_no_error(tmp_path):
    remove_tree(tmp_path / "nothing")
