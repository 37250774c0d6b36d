"""Where Odoo comes from: pinned versions, what happens when they have gone, and what is unpacked."""

import hashlib
import json
import subprocess

import pytest

from host import archive, odoo_tree, packages, paths
from host.errors import Failure, Missing

PIN = {
    "odoo-19": {"suite": "sid", "version": "19.0.0-1", "sha256": "0" * 64},
    "fonts-x": {"suite": "bookworm", "version": "1", "sha256": "1" * 64},
}


class FakeArchive:
    """An index that knows some versions, and files with some content."""

    def __init__(self, versions, content=b"deb"):
        self.known = versions
        self.content = content

    def update(self):
        pass

    def versions(self, lock):
        return {package: self.known.get(package, []) for package in lock}

    def uris(self, wanted):
        return {package: (f"{package}.deb", 3, f"{package}-{version}") for package, version in wanted.items()}

    def download(self, wanted, folder):
        found = {}
        for package in wanted:
            path = folder / f"{package}.deb"
            path.write_bytes(self.content)
            found[package] = (path, "")
        return found


def test_pinned_versions_are_taken():
    found = archive.choose(FakeArchive({"odoo-19": ["19.0.1-1", "19.0.0-1"], "fonts-x": ["1"]}), PIN)
    assert found == {"odoo-19": "19.0.0-1", "fonts-x": "1"}


def test_a_pinned_version_that_has_gone_is_replaced_and_said(capsys):
    found = archive.choose(FakeArchive({"odoo-19": ["19.0.1-1"], "fonts-x": ["1"]}), PIN)
    assert found["odoo-19"] == "19.0.1-1"
    assert "odoo-19 19.0.0-1 has gone from Debian's archive: taking 19.0.1-1" in capsys.readouterr().out


def test_a_package_that_has_gone_altogether():
    with pytest.raises(Missing, match=r"Debian's archive has no odoo-19 19\.0 any more\. Set SIRE_ODOO"):
        archive.choose(FakeArchive({"fonts-x": ["1"]}), PIN)


def test_index_of_apt_is_understood(home, monkeypatch):
    said = """\
   odoo-19 | 20.0.0+dfsg-1 | http://mirror sid/main amd64 Packages
   odoo-19 | 19.0.0+dfsg-1 | http://mirror sid/main amd64 Packages
   odoo-19 | 19.0.0+dfsg-1 | http://mirror sid/main Sources
   fonts-x |    7.3-1 | http://mirror sid/main amd64 Packages
   fonts-x |    4.7-1 | http://mirror bookworm/main amd64 Packages
"""
    monkeypatch.setenv("SIRE_DEBIAN_MIRROR", "http://mirror")
    monkeypatch.setattr(archive.process, "read", lambda *args, **options: said)
    assert archive.Archive().versions(PIN) == {"odoo-19": ["19.0.0+dfsg-1"], "fonts-x": ["4.7-1"]}
    sources = (home / "debian" / "sources.list").read_text()
    assert sources.count("signed-by=/usr/share/keyrings/debian-archive-keyring") == 2


def test_another_file_than_the_pinned_one_is_refused(home, monkeypatch):
    fake = FakeArchive({"odoo-19": ["19.0.0-1"], "fonts-x": ["1"]}, b"something else")
    monkeypatch.setattr(archive, "Archive", lambda: fake)
    with pytest.raises(Failure, match=r"is not the file that host/odoo\.lock pins"):
        archive.fetch(PIN, home)


def test_the_pinned_file_is_taken(home, monkeypatch):
    fake = FakeArchive({"odoo-19": ["19.0.0-1"]}, b"right")
    monkeypatch.setattr(archive, "Archive", lambda: fake)
    lock = {"odoo-19": {**PIN["odoo-19"], "sha256": hashlib.sha256(b"right").hexdigest()}}
    assert archive.fetch(lock, home)["odoo-19"]["version"] == "19.0.0-1"


def test_update_host_pins_what_is_there(home, monkeypatch):
    lock = home / "odoo.lock"
    lock.write_text(json.dumps({"packages": PIN}))
    monkeypatch.setattr(archive, "LOCK", lock)
    monkeypatch.setattr(
        archive, "Archive", lambda: FakeArchive({"odoo-19": ["19.0.7-1", "19.0.0-1"], "fonts-x": ["1"]})
    )
    changes = archive.repin()
    assert changes[0] == "odoo-19 19.0.0-1 -> 19.0.7-1"
    assert archive.read_lock()["odoo-19"] == {"suite": "sid", "version": "19.0.7-1", "sha256": "odoo-19-19.0.7-1"}


def test_the_lock_pins_everything():
    for package, pin in archive.read_lock().items():
        assert pin["suite"] in ("sid", "bookworm"), package
        assert pin["version"] and len(pin["sha256"]) == 64, package


def test_debians_mirror_is_the_systems_own(monkeypatch):
    said = "Debian|main|bookworm-security|http://one/debian-security/\nOther|main|x|http://two/\nDebian|main|bookworm|http://three/debian/\n"
    monkeypatch.delenv("SIRE_DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(archive.process, "read", lambda *args, **options: said)
    assert archive.mirror() == "http://three/debian/"


def test_ubuntu_asks_debians_own_tool(monkeypatch, tmp_path):
    tool = tmp_path / "debootstrap"
    tool.write_text('#!/bin/sh\nDEF_MIRROR="http://where/debian"\n')
    monkeypatch.delenv("SIRE_DEBIAN_MIRROR", raising=False)
    monkeypatch.setattr(archive.process, "read", lambda *args, **options: "Ubuntu|main|noble|http://u/ubuntu\n")
    monkeypatch.setattr(archive.process, "which", lambda name: str(tool))
    assert archive.mirror() == "http://where/debian"
    monkeypatch.setattr(archive.process, "which", lambda name: None)
    with pytest.raises(Failure, match="SIRE_DEBIAN_MIRROR"):
        archive.mirror()


def make_deb(folder, files):
    """A real Debian package with those files."""
    tree = folder / "tree"
    for name in files:
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(
        "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x.invalid>\nDescription: x\n"
    )
    subprocess.run(["dpkg-deb", "-b", str(tree), str(folder / "x.deb")], check=True, capture_output=True)
    return folder / "x.deb"


def test_unpacked_without_the_second_copy_of_the_addons(home, tmp_path):
    base = "usr/lib/python3/dist-packages"
    deb = make_deb(
        tmp_path, [f"{base}/odoo/addons/sale/a.py", f"{base}/addons/sale/a.py", f"{base}/odoo/tools/addons/b.py"]
    )
    target = home / "odoo"
    target.mkdir()
    odoo_tree._unpack([deb], target)
    assert (target / base / "odoo/addons/sale/a.py").exists()
    assert (target / base / "odoo/tools/addons/b.py").exists()
    assert not (target / base / "addons").exists()


def test_a_broken_package_is_said(home):
    broken = home / "broken.deb"
    broken.write_bytes(b"not a package")
    with pytest.raises(Failure, match="Unpacking Odoo failed"):
        odoo_tree._unpack([broken], home)


def test_links_that_lead_nowhere_are_said(tmp_path, capsys):
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "font.ttf").symlink_to("../../nowhere.ttf")
    (tmp_path / "web" / "good").symlink_to("font2")
    (tmp_path / "web" / "font2").touch()
    known = tmp_path / next(iter(odoo_tree.KNOWN_DANGLING))
    known.parent.mkdir(parents=True)
    known.symlink_to("/nowhere")
    odoo_tree._check_links(tmp_path)
    assert capsys.readouterr().out == "    note: web/font.ttf of Odoo leads to a file that Debian does not ship\n"


def test_half_unpacked_odoo_is_not_taken(home, monkeypatch):
    """What a kill leaves (no origin.json, or a .part) is no Odoo; a complete one is."""
    monkeypatch.setattr(archive, "read_lock", lambda: PIN)
    folder = home / "odoo" / archive.lock_id(PIN)
    (home / "odoo" / f"{folder.name}.part").mkdir(parents=True)
    assert odoo_tree.find() is None
    folder.mkdir()
    assert odoo_tree.find() is None
    (folder / "origin.json").write_text('{"odoo-19": "19.0.0-1"}')
    assert odoo_tree.find().version == "19.0.0-1"


def test_nothing_is_left_of_a_download_that_failed(home, monkeypatch):
    def fetch(lock, folder):
        (folder / "half.deb").touch()
        raise Failure("No network")

    monkeypatch.setattr(archive, "fetch", fetch)
    with pytest.raises(Failure):
        odoo_tree.ensure()
    assert not list((home / "odoo").iterdir())


def test_a_checkout_of_odoo(home, monkeypatch, tmp_path):
    monkeypatch.setenv("SIRE_ODOO", str(tmp_path))
    with pytest.raises(Failure, match="not an Odoo source folder"):
        odoo_tree.find()
    for folder in ("odoo/addons", "addons"):
        (tmp_path / folder).mkdir(parents=True)
    release = tmp_path / "odoo" / "release.py"
    release.write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    with pytest.raises(Failure, match=r"is Odoo 18\.0\. Check out the 19\.0 branch"):
        odoo_tree.find()
    release.write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    found = odoo_tree.find()
    assert found.version.startswith("19.0 checkout")
    assert found.addons == [tmp_path / "addons", tmp_path / "odoo" / "addons"]


def test_system_is_read_from_os_release(tmp_path):
    path = tmp_path / "os-release"
    path.write_text('PRETTY_NAME="Ubuntu 24.04.2 LTS"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n')
    assert packages.system(path) == ("ubuntu", "24.04")
    assert packages.system(tmp_path / "nothing") == ("unknown", "")
    assert paths.REPO.name
