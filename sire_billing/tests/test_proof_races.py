"""Two prints of one document at once, each in a connection of its own."""

import hashlib

from odoo.tests import tagged

from .race_common import QuotationRaceCase


@tagged("post_install", "-at_install")
class TestProofRaces(QuotationRaceCase):
    def test_the_same_file_twice_at_once(self):
        """Neither print fails, nor is done a second time: the file is known, whoever was first."""
        with self.registry.cursor() as cr:
            env = self.make_env(cr)
            order = env["sale.order"].browse(self.order_id)
            proof_id = env["sire.proof"]._for(order).id
        content, tries = b"%PDF the same", []

        def note(env):
            tries.append(1)
            env["sire.proof"]._note_file(env["sale.order"].browse(self.order_id), content)
            return env["sale.order"].browse(self.order_id).name  # the transaction goes on

        results = self.run_all(note, note, note)
        self.assertEqual(len({str(result) for result in results}), 1, results)
        self.assertEqual(len(tries), 3)
        with self.registry.cursor() as cr:
            files = self.make_env(cr)["sire.proof"].browse(proof_id).file_ids
            self.assertEqual(files.mapped("sha256"), [hashlib.sha256(content).hexdigest()])
            self.assertEqual(files.company_id, files.proof_id.company_id)
