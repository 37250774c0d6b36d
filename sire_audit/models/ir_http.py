import logging

from werkzeug.exceptions import Unauthorized

from odoo import models
from odoo.exceptions import AccessDenied, AccessError
from odoo.http import request

_logger = logging.getLogger(__name__)

REFUSALS = (AccessError, AccessDenied, Unauthorized)
SEEN = "_sire_audit_seen"


class IrHttp(models.AbstractModel):
    """A request that was refused leaves an entry, although its transaction is rolled back: for pages, the web client and APIs."""

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        with cls._sire_audit_refusals():
            return super()._authenticate(endpoint)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        with cls._sire_audit_refusals():
            return super()._pre_dispatch(rule, args)

    @classmethod
    def _dispatch(cls, endpoint):
        with cls._sire_audit_refusals():
            return super()._dispatch(endpoint)

    @classmethod
    def _sire_audit_refusals(cls):
        return _Refusals()


class _Refusals:
    """Sees an exception pass, and says so in the log once."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        refusal = error
        while refusal is not None and not isinstance(refusal, REFUSALS):
            refusal = refusal.__cause__  # an export wraps it
        if refusal is None or getattr(refusal, SEEN, False):
            return
        setattr(refusal, SEEN, True)
        params = getattr(request, "params", None) or {}  # none yet when the key was wrong
        try:
            request.env["sire.audit.entry"]._log_refusal(refusal, params)
        except Exception:
            _logger.exception("A refusal could not be logged")  # it stays a refusal
