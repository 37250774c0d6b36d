"""Many tries of a code at once, in connections of their own."""

import threading

from odoo.tests import tagged

from odoo.addons.sire_billing.models.sire_client_claim import TRIES_PER_LINK
from odoo.addons.sire_mpesa.tools import own_transaction

from .test_client_page_race import ClientPageRaceCase


@tagged("post_install", "-at_install")
class TestClientPageClaimRace(ClientPageRaceCase):
    def test_tries_at_once_are_all_counted(self):
        """Sent together they do not all see that nobody has tried yet."""
        with self.registry.cursor() as cr:
            link_id = self.make_link(self.make_env(cr))
        barrier, allowed = threading.Barrier(TRIES_PER_LINK + 2, timeout=30), []

        def attempt(index):
            def take(link):
                if index not in seen:
                    seen.add(index)
                    link.env.cr.execute("SELECT 1")  # the snapshot is taken here
                    barrier.wait()
                return link._take_claim(f"RACE{index:06}", "192.0.2.1")

            allowed.append(own_transaction.run(self.registry, "sire.client.link", link_id, take))

        seen = set()
        threads = [threading.Thread(target=attempt, args=(index,)) for index in range(TRIES_PER_LINK + 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(allowed), [False] * 2 + [True] * TRIES_PER_LINK)
