"""Versions of a quotation on the client page: what changed, where the newer one is, and whether the approval holds."""


class ClientPageRevision:
    """Mixed into the page."""

    def get_newer(self):
        """:return: the link to the version that replaces this one, empty while it is being prepared"""
        return self.order._sire_get_newer_link()

    def say_superseded(self):
        newer = self.order._sire_get_newer()
        if self.get_newer():
            return self.env._("This version cannot be approved any more. %s takes its place.", newer.name)
        if newer.state == "cancel":
            return self.env._("This version cannot be approved any more. Please ask %s what holds.", self.company.name)
        return self.env._(
            "%s is preparing a newer version, so this one cannot be approved. You get a message when it is ready.",
            self.company.name,
        )

    def get_changes(self):
        """:return: what differs from the version before; see ``sale.order._sire_get_changes``"""
        return self.order._sire_get_changes() if self.order else []

    def say_changes(self):
        return self.env._("What changed since version %s", self.order.sire_version - 1)

    def is_void(self):
        return bool(self.order) and self.order.sire_approval_void

    def say_void(self):
        return self.env._(
            "The lines below were changed after they were approved, so the approval does not hold. Please ask %s before you"
            " pay.",
            self.company.name,
        )
