from odoo.tests import tagged

from .late_fee_common import LateFeeCommon


@tagged("post_install", "-at_install")
class TestMerge(LateFeeCommon):
    """Two clients who are one and the same: what was sent and charged is there once they are merged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.env["res.partner"].create({"name": "Acacia Lodge", "email": cls.client.email})

    def merge(self):
        self.env["base.partner.merge.automatic.wizard"]._merge((self.client | self.twin).ids, self.client)
        self.assertFalse(self.twin.exists())

    def test_no_reminder_is_lost_and_none_sent_again(self):
        moves = self.bill(due=-8) | self.bill(due=-8, partner=self.twin)
        self.assertEqual(len(self.run_company()), 2)
        reminders = self.env["sire.reminder"].search([("move_id", "in", moves.ids)])
        letters = reminders.letter_id
        self.assertEqual(len(letters), 2)
        self.merge()
        self.assertEqual(reminders.exists(), reminders)
        self.assertEqual((letters.client_id, letters.exists()), (self.client, letters))
        self.assertFalse(self.run_company())

    def test_no_invoice_of_late_fees_is_lost(self):
        moves = self.bill(due=-40) | self.bill(due=-40, partner=self.twin)
        self.charge()
        fee_moves = moves.sire_late_fee_ids.fee_move_id
        self.assertEqual(len(fee_moves), 2)
        self.merge()
        self.assertEqual((fee_moves | moves).exists(), fee_moves | moves)
        self.assertEqual(fee_moves.commercial_partner_id, self.client)
        self.assertFalse(self.charge())
