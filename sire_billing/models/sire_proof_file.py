from odoo import fields, models


class SireProofFile(models.Model):
    """A PDF that was made of an issued document: its hash, never the file."""

    _name = "sire.proof.file"
    _description = "File of an Issued Document"
    _order = "id desc"
    _rec_name = "sha256"

    proof_id = fields.Many2one("sire.proof", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", related="proof_id.company_id", store=True, index=True)
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)

    _file_unique = models.Constraint("UNIQUE(proof_id, sha256)", "This file is known already.")
