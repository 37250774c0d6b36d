"""Which files and links a project may have. Pure functions: what a file is follows from its content, not its name.

The sentences of the errors are translated when they are turned into text: ``str(error)`` where ``self.env`` is.
"""

import io
import re
import zipfile
from urllib.parse import urlsplit

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__, default_lang="en_US")

URL_LENGTH = 2000
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
#: Extension → MIME type as which the file is kept and served.
MIMETYPES = {
    "md": "text/markdown",
    "markdown": "text/markdown",
    "txt": "text/plain",
    "pdf": "application/pdf",
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "pptx": _OOXML + "presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": _ODF + "text",
    "ods": _ODF + "spreadsheet",
    "odp": _ODF + "presentation",
}
_OOXML_FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of the main stream in the directory of an old Office file, [MS-DOC], [MS-XLS], [MS-PPT]
_OLE_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book"), "ppt": ("PowerPoint Document",)}
_WEB_PAGE = re.compile(r"\s*<(!doctype|\?xml|html|head|body|script|style|svg|iframe|meta|link)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def check_file(name, content):
    """Tell what a file is, and refuse what a project may not have.

    :param str name: the file's name with its extension
    :param bytes content: the whole file
    :return: MIME type
    :rtype: str
    :raise ValueError: with a sentence for the person who chose the file
    """
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in MIMETYPES:
        raise ValueError(
            _lt("“%s” is not a kind of file that is kept here: use Markdown, text, PDF or an Office document.", name)
        )
    if not content:
        raise ValueError(_lt("“%s” is empty.", name))
    if not _has_content_of(extension, content):
        raise ValueError(
            _lt("“%(name)s” is not what its name says: its content is no %(kind)s.", name=name, kind=extension.upper())
        )
    return MIMETYPES[extension]


def check_url(url):
    """:param str url: the address of a document elsewhere
    :return: the address without spaces around it
    :rtype: str
    :raise ValueError: with a sentence for the person who typed it
    """
    url = url.strip() if isinstance(url, str) else ""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)  # ValueError for what is no port
    except ValueError:
        has_host = False
    if not has_host or parts.scheme not in ("http", "https") or re.search(r"[\s\x00-\x1f\x7f\\]", url):
        raise ValueError(_lt("A link is an address like https://docs.example.co.ke/brief."))
    if parts.username or parts.password:
        raise ValueError(_lt("This link has a name or password in it: everybody who sees the project would see it."))
    if len(url) > URL_LENGTH:
        raise ValueError(_lt("This link is longer than %s characters.", URL_LENGTH))
    return url


def _has_content_of(extension, content):
    mimetype = MIMETYPES[extension]
    if mimetype.startswith("text/"):
        return _is_text(content)
    if extension == "pdf":
        return content[:1024].lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-")
    if extension in _OLE_STREAMS:
        names = [name.encode("utf-16-le") for name in _OLE_STREAMS[extension]]
        return content.startswith(_OLE_SIGNATURE) and any(name in content for name in names)
    return _is_zip_of(extension, content)


def _is_text(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text) and not _WEB_PAGE.match(text)


def _is_zip_of(extension, content):
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if extension in _OOXML_FOLDERS:
                folder = _OOXML_FOLDERS[extension]
                # A file with macros has another extension (docm); under this one it is a disguise.
                return (
                    "[Content_Types].xml" in names
                    and any(name.startswith(folder) for name in names)
                    and not any(name.endswith("vbaProject.bin") for name in names)
                )
            if "mimetype" not in names or archive.getinfo("mimetype").file_size > 255:
                return False
            return archive.read("mimetype").strip() == MIMETYPES[extension].encode()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        return False
