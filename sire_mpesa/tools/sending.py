"""How a request leaves whose result comes later: after the commit of whoever asked for it, and once."""

import threading
from concurrent.futures import ThreadPoolExecutor

from odoo.modules.registry import Registry

from odoo.addons.payment.logging import get_payment_logger

from .. import const
from . import own_transaction

_logger = get_payment_logger(__name__, sensitive_keys=const.SENSITIVE_KEYS)


class Sending:
    """The requests that the records of one model are, and the threads of this process that send them.

    Each step is a short transaction of its own, and none is open while Safaricom is asked.

    :param str model: the model
    :param int workers: how many go out at a time: each can take half a minute, and nobody's page waits for them
    :param claim: called with the record: takes it for sending, so that whoever comes second finds it taken, and returns
        the function that asks Safaricom; None when it is not to be sent
    :param take: called with the record and the answer: writes down what became of it
    :param answer: the class of the answer; of one that broke off, nobody knows whether it was taken
    """

    def __init__(self, model, workers, *, claim, take, answer):
        self.model = model
        self.claim = claim
        self.take = take
        self.answer = answer
        self.threads = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=f"mpesa.{model}")

    def send_after_commit(self, record):
        """Have it leave when the caller's transaction is committed."""
        dbname, record_id = record.env.cr.dbname, record.id
        record.env.cr.postcommit.add(lambda: self.send_soon(dbname, record_id))

    def send(self, record):
        """Send a committed record, unless somebody did or does. Commits on cursors of its own.

        :return: whether this call sent it
        :rtype: bool
        """
        record.ensure_one()
        record.env.flush_all()
        is_sent = self._send(record.env.registry, record.id)
        record.env.invalidate_all()
        return is_sent

    def send_soon(self, dbname, record_id):
        """Hand it to the threads. The request is committed: nothing may fail here any more."""
        try:
            self.threads.submit(self._send_in_background, dbname, record_id)
        except RuntimeError:  # The server is stopping: the job of the next one sends it.
            _logger.info("%s %s is left to the job", self.model, record_id)

    def _send(self, registry, record_id):
        """Claim, send, write down."""
        ask = own_transaction.run(registry, self.model, record_id, self.claim)
        if not ask:
            return False
        try:
            answer = ask()
        except Exception as error:
            _logger.exception("%s %s broke off", self.model, record_id)
            answer = self.answer("unknown", detail=type(error).__name__)
        own_transaction.run(registry, self.model, record_id, lambda record: self.take(record, answer))
        return True

    def _send_in_background(self, dbname, record_id):
        """Send from a thread that has no request: whatever goes wrong, the job takes over."""
        threading.current_thread().dbname = dbname
        try:
            self._send(Registry(dbname), record_id)
        except Exception:
            _logger.exception("%s %s could not be sent", self.model, record_id)
