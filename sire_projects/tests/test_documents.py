import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ProjectsCommon

PDF = base64.b64encode(b"%PDF-1.7\n")


@tagged("post_install", "-at_install")
class TestDocuments(ProjectsCommon):
    def make(self, user=None, **values):
        documents = self.env["sire.project.document"].with_user(user or self.user_manager)
        return documents.create({"project_id": self.project.id, "name": "Brief", **values})

    def test_a_link(self):
        document = self.make(url=" https://docs.example/brief ")
        self.assertEqual((document.kind, document.url), ("link", "https://docs.example/brief"))
        self.assertEqual(self.project.sire_document_count, 1)
        action = self.project.action_sire_documents()
        self.assertEqual(self.env["sire.project.document"].search(action["domain"]), document)

    def test_a_file_is_kept_as_what_it_is(self):
        markdown = base64.b64encode(b"# Brief\n<table><tr><td><a href='x'>x</a>")
        document = self.make(file=markdown, file_name="C:\\docs\\brief.md")
        self.assertEqual((document.kind, document.file_name), ("file", "brief.md"))
        self.assertEqual(document.file_size, "40.00 bytes")
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id), ("res_field", "=", "file")]
        )
        self.assertEqual(attachment.mimetype, "text/markdown", "never served as a web page")
        document.write({"mimetype": "text/html"})
        self.assertEqual(document.mimetype, "text/markdown")

    def test_what_is_refused_leaves_nothing(self):
        for values in (
            {"url": "javascript:alert(1)"},
            {"kind": "link"},
            {"kind": "file"},
            {"file": base64.b64encode(b"MZ\x90"), "file_name": "setup.pdf"},
            {"file": "not base64!", "file_name": "a.pdf"},
            {"file": PDF},
            {"file": PDF, "file_name": "a.svg"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.make(**values)
        self.assertFalse(self.project.sire_document_ids)

    def test_a_change_is_checked_too(self):
        document = self.make(file=PDF, file_name="a.pdf")
        for values in (
            {"file_name": "a.docx"},
            {"file": base64.b64encode(b"x")},
            {"file": False},
            {"kind": "link"},
            {"kind": "link", "url": "ftp://x"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                document.write(values)
        document.write({"file_name": "b.pdf"})
        document.write({"kind": "link", "url": "https://a.example/b"})
        self.assertEqual((document.file, document.file_name, document.mimetype), (False, False, False))
        document.write({"kind": "file", "file": PDF, "file_name": "c.pdf"})
        self.assertEqual((document.url, document.mimetype), (False, "application/pdf"))

    def test_the_limit_is_a_setting(self):
        params = self.env["ir.config_parameter"]
        params.set_param("sire_projects.document_max_mb", "1")
        big = base64.b64encode(b"%PDF-1.7\n" + bytes(1024 * 1024))
        with self.assertRaisesRegex(ValidationError, r"“big.pdf” has 1.00 Mb: a document has 1 MB at most"):
            self.make(file=big, file_name="big.pdf")
        for value in ("nonsense", "", "-3"):
            params.set_param("sire_projects.document_max_mb", value)
            self.assertGreaterEqual(self.env["sire.project.document"]._sire_max_mb(), 1)
        settings = self.env["res.config.settings"].create({"sire_document_max_mb": 0})
        with self.assertRaisesRegex(Exception, "1 MB at least"):
            settings.execute()

    def test_named_after_its_source(self):
        form = Form(self.env["sire.project.document"].with_context(default_project_id=self.project.id))
        form.url = "https://docs.example/site-map/"
        self.assertEqual(form.name, "site-map")
        self.assertEqual(form.save().name, "site-map")

    def test_in_the_form_of_a_project_that_is_not_saved_yet(self):
        view = "sire_projects.project_project_view_form"
        form = Form(self.env["project.project"].with_user(self.user_manager), view=view)
        form.name = "Intranet"
        form.partner_id = self.client
        with form.sire_document_ids.new() as line:
            self.assertNotIn("project_id", line._view["fields"], "nobody is asked for the project being written")
            line.url = "https://docs.example/brief"
        with form.sire_document_ids.new() as line:
            line.kind = "file"
            line.file = PDF
            line.file_name = "scope.pdf"
            line.name = "Scope"
        project = form.save()
        self.assertEqual(project.sire_document_ids.mapped("name"), ["Scope", "brief"])
        self.assertEqual(project.sire_document_ids.project_id, project)

    # === ROLES ===#

    def test_manager_admin_and_the_projects_developer_add(self):
        for user in (self.user_manager, self.user_admin, self.user_developer):
            document = self.make(user, url="https://docs.example/a")
            document.name = "Renamed"
            document.unlink()

    def test_readers_read(self):
        document = self.make(url="https://docs.example/a")
        for user in (self.user_accountant, self.user_viewer):
            theirs = document.with_user(user)
            self.assertEqual(theirs.url, "https://docs.example/a")
            for refused in (
                lambda user=user: self.make(user, url="https://docs.example/b"),
                lambda theirs=theirs: theirs.write({"name": "x"}),
                lambda theirs=theirs: theirs.write({"url": "https://docs.example/c"}),
                theirs.unlink,
            ):
                with self.assertRaises(AccessError):
                    refused()
        self.assertEqual((document.name, document.url), ("Brief", "https://docs.example/a"))

    def test_a_developer_changes_own_documents_of_own_projects(self):
        managers = self.make(url="https://docs.example/a")
        with self.assertRaises(AccessError):
            managers.with_user(self.user_developer).write({"name": "x"})
        with self.assertRaises(AccessError):
            managers.with_user(self.user_developer).unlink()
        elsewhere = self.project.copy({"name": "Elsewhere"})
        elsewhere.tasks.unlink()
        with self.assertRaises(AccessError):
            self.make(self.user_developer, project_id=elsewhere.id, url="https://docs.example/a")
        own = self.make(self.user_developer, url="https://docs.example/a")
        with self.assertRaisesRegex(UserError, "stays with its project"):
            own.write({"project_id": elsewhere.id})
        own.write({"project_id": self.project.id, "name": "Same"})

    def test_a_project_on_invitation_keeps_its_documents(self):
        document = self.make(url="https://docs.example/a")
        self.project.sudo().message_unsubscribe((self.user_developer | self.user_accountant).partner_id.ids)
        self.project.privacy_visibility = "followers"
        for user in (self.user_developer, self.user_accountant):
            self.assertFalse(self.env["sire.project.document"].with_user(user).search([]) & document, user.login)
        self.assertTrue(document.with_user(self.user_viewer).has_access("read"))

    def test_another_companys_documents_are_not_seen(self):
        theirs = self.env["project.project"].create({"name": "Theirs", "company_id": self.company_2.id})
        document = self.env["sire.project.document"].create(
            {"project_id": theirs.id, "name": "Secret", "url": "https://docs.example/a"}
        )
        self.assertEqual(document.company_id, self.company_2)
        for user in self.roles.values():
            with self.assertRaises(AccessError, msg=user.login):
                document.with_user(user).read(["url"])
