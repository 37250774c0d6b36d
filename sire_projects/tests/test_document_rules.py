"""What is a document: pure functions, files as they really are."""

import io
import zipfile

from odoo.tests import BaseCase, tagged

from odoo.addons.sire_projects.utils.document import MIMETYPES, check_file, check_url
from odoo.addons.sire_projects.utils.kra import clean_pin, is_pin

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def zipped(**members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return data.getvalue()


def office(folder, **more):
    return zipped(**{"[Content_Types]_dot_xml": "<Types/>", f"{folder}__document_dot_xml": "<x/>", **more})


GOOD = {
    "brief.md": b"# Brief\n\n<table><tr><td><a href='https://a.example'>a</a></td></tr></table>\n",
    "LEAME.MARKDOWN": "﻿# Muhtasari – kazi".encode(),
    "notes.txt": b"One\r\n\ttwo",
    "scope.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "offer.docx": office("word"),
    "hours.xlsx": office("xl"),
    "talk.pptx": office("ppt"),
    "old.doc": OLE + "WordDocument".encode("utf-16-le"),
    "old.xls": OLE + "Workbook".encode("utf-16-le"),
    "old.ppt": OLE + "PowerPoint Document".encode("utf-16-le"),
    "free.odt": zipped(mimetype=MIMETYPES["odt"]),
    "free.ods": zipped(mimetype=MIMETYPES["ods"]),
    "free.odp": zipped(mimetype=MIMETYPES["odp"]),
}
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04"
DISGUISED = {
    "page.md": b"  <!DOCTYPE html><html></html>",
    "script.txt": b"<script>alert(1)</script>",
    "drawing.md": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "drawing2.md": b"<?xml version='1.0'?><svg/>",
    "setup.pdf": EXE,
    "setup.md": EXE,
    "setup.docx": EXE,
    "setup.doc": EXE,
    "installer.doc": OLE + "Property".encode("utf-16-le"),
    "sheet.docx": office("xl"),
    "plain.docx": zipped(readme="x"),
    "broken.docx": b"PK\x03\x04" + bytes(40),
    "macro.docx": office("word", word__vbaProject_dot_bin="x"),
    "text.odt": zipped(mimetype=MIMETYPES["ods"]),
    "nothing.odt": zipped(content="x"),
    "page.pdf": b"<html>%PDF-1.4</html>",
    "latin.txt": "Malipo — café".encode("cp1252"),
}


@tagged("post_install", "-at_install")
class TestDocumentRules(BaseCase):
    def test_files_that_are_what_they_say(self):
        for name, content in GOOD.items():
            with self.subTest(name):
                self.assertEqual(check_file(name, content), MIMETYPES[name.rpartition(".")[2].lower()])

    def test_files_that_are_not(self):
        for name, content in DISGUISED.items():
            with self.subTest(name), self.assertRaisesRegex(ValueError, "is not what its name says"):
                check_file(name, content)

    def test_kinds_that_are_not_kept(self):
        for name in ("a.html", "a.svg", "a.exe", "a.docm", "a.js", "a.zip", "a", "", "a.pdf.exe", "pdf"):
            with self.subTest(name), self.assertRaisesRegex(ValueError, "not a kind of file"):
                check_file(name, b"x")

    def test_empty(self):
        with self.assertRaisesRegex(ValueError, "is empty"):
            check_file("a.md", b"")

    def test_links(self):
        for url in ("https://docs.example.co.ke/brief?x=1#a", "http://10.0.0.1:8080", " https://a.example "):
            self.assertEqual(check_url(url), url.strip())

    def test_links_that_are_none(self):
        bad = ("javascript:alert(1)", "data:text/html,x", "ftp://a.example", "https://", "//a.example", "a.example", "",
               None, 5, "https://a b", "https://a.example/\nx", "https:\\\\a.example", "https://a.example:99999",
               "https://[::1", "JAVASCRIPT://a.example/%0aalert(1)")  # fmt: skip
        for url in bad:
            with self.subTest(url), self.assertRaisesRegex(ValueError, "A link is an address"):
                check_url(url)
        with self.assertRaisesRegex(ValueError, "name or password"):
            check_url("https://me:secret@a.example/")
        with self.assertRaisesRegex(ValueError, "longer than"):
            check_url("https://a.example/" + "x" * 2000)

    def test_pins(self):
        self.assertEqual(clean_pin(" p 051-234567 x"), "P051234567X")
        self.assertEqual(clean_pin(" P05123456X "), "P05123456X")
        self.assertTrue(is_pin("A001234567B"))
        for pin in ("", None, "P05123456X", "P0512345678", "p051234567x", "P051234567XX", "P05123456١X"):
            self.assertFalse(is_pin(pin), pin)
