"""What a webhook handler says when it cannot handle an event now, or ever."""


class WebhookRetry(Exception):
    """Try again later; nothing that the handler did is kept.

    :param str message: one sentence for staff, shown in the inbox
    :param float delay: seconds to wait; the usual growing wait when None
    """

    def __init__(self, message, delay=None):
        super().__init__(message)
        self.delay = delay


class WebhookParked(Exception):
    """Trying again cannot help: staff must look; nothing that the handler did is kept.

    :param str message: one sentence for staff, shown in the inbox
    """
