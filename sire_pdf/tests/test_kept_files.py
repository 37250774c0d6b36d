import io
import re

from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from odoo.tests import tagged
from odoo.tools.pdf import OdooPdfFileReader, OdooPdfFileWriter

from odoo.addons.sire_pdf.engine.pdf import finish

from .common import PAGE, OwnPrintServer, reader, refuse, text_of
from .test_documents import LAYOUT, DocumentCase

METADATA = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
CONTENT = """<h3>Invoice</h3><p>Text, <b>bold</b>, <i>slanted</i>, Ŵ λ ₭ → ✓ <a href="https://example.co.ke">a link</a></p>
<img src="/web/static/img/logo.png"/><table><tr><th>Head</th></tr><tr><td style="background: #eef">Cell</td></tr></table>"""


def order(*bodies):
    """:return: a document without headers, as a worker asks for it"""
    return {
        "bodies": list(bodies), "header": None, "footer": "<p>Foot</p>", "page": PAGE.as_dict(), "address": "http://example.test",
        "ours": [], "tenant": "test", "title": "Kept", "language": "en", "nameless_fonts": False,
    }  # fmt: skip


@tagged("post_install", "-at_install")
class TestKeptFiles(DocumentCase):
    """Files that are kept for years: the same again when they are made again, and fit for PDF/A."""

    def test_the_same_after_another_start(self):
        files = []
        for lanes in (4, 1):
            with OwnPrintServer(lanes=lanes) as own:
                own.client.document(order("<p>something else</p>"), refuse)
                long = [f"<h1>Part {number}</h1><p>{'words ' * 900}</p>" for number in range(20)]
                files.append(
                    (own.client.document(order("<h1>One</h1>"), refuse), own.client.document(order(*long), refuse))
                )
        self.assertEqual(
            files[0], files[1], "by another print server and browser, however many pages it prints at once"
        )
        self.assertEqual(len(reader(files[0][0]).pages), 1)
        self.assertIn("Part 19", text_of(files[0][1]))
        for file in files[0]:
            self.assertNotIn(b"/CreationDate", file)
            self.assertNotIn(b"/ModDate", file)

    def test_the_same_whatever_the_browser_calls_its_elements(self):
        """A page names the cells of a table in the order in which it came to look at them."""
        heads = "".join(f"<th>Head {number}</th>" for number in range(12))  # more than one leaf of the tree of names
        cells = "".join(f"<td>Cell {number}</td>" for number in range(12))
        with OwnPrintServer() as own:
            composed, data = own.client.print(own.job(f"<table><tr>{heads}</tr><tr>{cells}</tr></table>"), refuse)
        names = sorted(set(re.findall(rb"\(node\d+\)", data)))
        self.assertEqual(len(names), 12)
        other = dict(zip(names, [*names[5:], *names[:5]], strict=True))
        mixed = re.sub(rb"\(node\d+\)", lambda match: other[match[0]], data)
        self.assertNotEqual(mixed, data)
        files = [
            finish.document([finish.part(one, composed)], "Test", "en", "http://example.test", ["1"])
            for one in (data, mixed)
        ]
        self.assertEqual(files[0], files[1])
        root = reader(files[0]).trailer["/Root"]["/StructTreeRoot"]
        names = root["/IDTree"]["/Names"]
        for name, element in zip(names[::2], names[1::2], strict=True):
            self.assertEqual(element.get_object()["/ID"], name)
        self.assertEqual(list(names[::2]), sorted(names[::2]), "a reader looks a name up by halves")
        self.assertEqual(len(names), 24)

    def test_a_long_document_does_not_fill_the_queue(self):
        """Pages from a roll are jobs of their own: more than may wait at once."""
        with OwnPrintServer(lanes=1, queue=3) as own:
            tickets = order(*(f"<p>Ticket {number}</p>" * (1 + number) for number in range(12)))
            tickets["page"]["roll"] = True
            pages = reader(own.client.document(tickets, refuse)).pages
            heights = [float(page.mediabox.height) for page in pages]
            self.assertEqual(len(heights), 12)
            self.assertEqual(heights, sorted(set(heights)), "each as long as what is on it")

    def converted(self):
        """:return: a document as the host makes e-invoices: PDF/A-3 with the XML in it"""
        self.view.arch = LAYOUT % CONTENT
        writer = OdooPdfFileWriter()
        writer.cloneReaderDocumentRoot(OdooPdfFileReader(io.BytesIO(self.render(CONTENT)), strict=False))
        writer.addAttachment("invoice.xml", b"<Invoice/>", subtype="text/xml")
        writer.convert_to_pdfa()
        writer.add_file_metadata(METADATA)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    def test_what_pdfa_asks_for(self):
        """What can be seen without a validator: ISO 19005-3, clause 6, by number."""
        pdf = self.converted()
        self.assertTrue(pdf.startswith(b"%PDF-1.7"))  # 6.1.2
        document = reader(pdf)
        root = document.trailer["/Root"]
        self.assertIn("/ID", document.trailer)  # 6.1.3
        self.assertNotIn("/Encrypt", document.trailer)
        self.assertIn(b"<pdfaid:part>3</pdfaid:part>", root["/Metadata"].get_data())  # 6.6.4
        self.assertNotIn("/Filter", root["/Metadata"])
        (intent,) = root["/OutputIntents"]  # 6.2.3
        self.assertEqual(intent.get_object()["/S"], "/GTS_PDFA1")
        self.assertGreater(len(intent.get_object()["/DestOutputProfile"].get_data()), 1000)
        (attached,) = root["/AF"]  # 6.8
        attached = attached.get_object()
        self.assertEqual(attached["/EF"]["/F"].get_data(), b"<Invoice/>")
        self.assertIn("/AFRelationship", attached)
        self.assertIn("/Lang", root)
        for key in ("/AA", "/OpenAction", "/OCProperties"):  # 6.1.11, 6.6.1
            self.assertNotIn(key, root)
        self.assertIn("Invoice", text_of(pdf))

    def test_what_pdfa_forbids(self):
        fonts = images = links = 0
        for found in everything(reader(self.converted())):
            for key in ("/JS", "/JavaScript", "/AA", "/TR", "/TR2", "/HTP", "/Alternates", "/OPI"):  # 6.2.5, 6.5
                self.assertNotIn(key, found)
            self.assertNotIn(
                found.get("/S"), ("/Launch", "/JavaScript", "/Sound", "/Movie", "/ResetForm", "/ImportData")
            )
            self.assertNotIn("/LZWDecode", str(found.get("/Filter")))  # 6.1.7
            if isinstance(found, StreamObject):
                self.assertFalse({"/F", "/FFilter", "/FDecodeParms"} & found.keys(), "a stream of another file")
            if found.get("/Subtype") == "/Image":
                images += 1
                self.assertFalse(found.get("/Interpolate"))  # 6.2.8
            if found.get("/Type") == "/Annot":  # 6.3.2: printed, not hidden
                links += 1
                self.assertEqual(int(found["/F"]) & 0b100111, 0b100)
            if found.get("/Type") == "/FontDescriptor":  # 6.2.11.4: embedded
                fonts += 1
                self.assertTrue({"/FontFile", "/FontFile2", "/FontFile3"} & found.keys(), found.get("/FontName"))
            if found.get("/Subtype") in ("/TrueType", "/Type1", "/CIDFontType0", "/CIDFontType2"):
                self.assertIn("/FontDescriptor", found, found.get("/BaseFont"))
            if found.get("/Subtype") == "/Type0":
                self.assertIn("/ToUnicode", found)
            if "/BM" in found:  # 6.2.10
                self.assertIn(found["/BM"], ("/Normal", "/Compatible"))
        self.assertGreater(fonts, 2)
        self.assertTrue(images)
        self.assertTrue(links)

    def test_without_transparency_unless_it_is_asked_for(self):
        objects = list(everything(reader(self.render("<h3>Words</h3><p>alone</p>"))))
        for found in objects:
            self.assertEqual(found.get("/SMask", "/None"), "/None")
            for key in ("/ca", "/CA"):
                self.assertEqual(found.get(key, 1), 1)


def everything(document):
    """:return: all dictionaries of a file that its trailer leads to"""
    seen, waiting = set(), [document.trailer]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            yield found
            waiting += [found.raw_get(key) for key in found]
        elif isinstance(found, ArrayObject):
            waiting += list(found)
