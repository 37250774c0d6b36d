import base64
import binascii
import hashlib
import json
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import own_transaction
from ..utils import to_text

_logger = logging.getLogger(__name__)

QR_PATH = "/mpesa/qrcode/v1/generate"
ASK_AGAIN_AFTER = timedelta(minutes=5)  # what Safaricom did not draw is not asked for again before
KEPT = timedelta(days=60)
PNG = b"\x89PNG\r\n\x1a\n"
MAX_BYTES = 100_000


class SireMpesaQr(models.Model):
    """QR codes that Safaricom drew, kept: the same payment is asked for once.

    What stands in such a code is Safaricom's own affair, so it cannot be drawn here.
    """

    _name = "sire.mpesa.qr"
    _description = "M-Pesa QR Code"
    _rec_name = "key"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    key = fields.Char(required=True, readonly=True)
    asked_at = fields.Datetime(required=True, readonly=True, index=True)
    png = fields.Binary(readonly=True, attachment=False)

    _key_uniq = models.UniqueIndex("(company_id, key)", "A QR code is kept once.")

    # === BUSINESS === #

    @api.model
    def _get(self, provider, payload, ask=True):
        """Return a QR code, drawn by Safaricom once and kept. Never raises, and waits for Safaricom only if it may ask.

        :param provider: ``payment.provider`` that is paid
        :param dict payload: what Safaricom is asked, and the key under which the picture is kept
        :param bool ask: False takes what is kept, and asks nobody
        :return: a PNG, or None
        :rtype: bytes | None
        """
        qrs_sudo = self.sudo()  # a cache that nobody reads but this
        key = hashlib.sha256(json.dumps([provider.id, payload], sort_keys=True).encode()).hexdigest()
        kept = qrs_sudo.search([("company_id", "=", provider.company_id.id), ("key", "=", key)], limit=1)
        if kept.png:
            return base64.b64decode(kept.png)
        if not ask or (kept and kept.asked_at > fields.Datetime.now() - ASK_AGAIN_AFTER):
            return None
        qr_id = qrs_sudo._claim(provider.company_id, key)
        if not qr_id:
            return None
        reply = provider._mpesa_get_client().ask(QR_PATH, payload)
        png = self._read_picture(reply)
        if not png:
            _logger.info("Safaricom drew no QR code: %s", reply.get_words())
            return None
        own_transaction.run(self.env.registry, self._name, qr_id, lambda qr: qr.write({"png": base64.b64encode(png)}))
        return png

    # === HELPERS === #

    def _claim(self, company, key):
        """Take it on oneself to ask for a picture, committed: whoever comes meanwhile does not ask too.

        :return: the id of the row, None when somebody else asks
        :rtype: int | None
        """
        now = fields.Datetime.now()
        query = SQL(
            """INSERT INTO sire_mpesa_qr (company_id, key, asked_at) VALUES (%(company)s, %(key)s, %(now)s)
               ON CONFLICT (company_id, key) DO UPDATE SET asked_at = %(now)s
                     WHERE sire_mpesa_qr.png IS NULL AND sire_mpesa_qr.asked_at <= %(before)s
               RETURNING id""",
            company=company.id,
            key=key,
            now=now,
            before=now - ASK_AGAIN_AFTER,
        )

        def claim(qrs):
            qrs.env.cr.execute(query, log_exceptions=False)  # the ORM has no ON CONFLICT
            row = qrs.env.cr.fetchone()
            return row and row[0]

        return own_transaction.run(self.env.registry, self._name, [], claim)

    @api.model
    def _read_picture(self, reply):
        """:return: the PNG in Safaricom's answer, None when there is none"""
        if reply.status != 200 or to_text(reply.data.get("ResponseCode")).strip("0"):
            return None
        try:
            png = base64.b64decode(reply.data.get("QRCode") or "", validate=True)
        except (binascii.Error, ValueError, TypeError):
            return None
        return png if png.startswith(PNG) and len(png) <= MAX_BYTES else None

    @api.autovacuum
    def _gc_pictures(self):
        old = fields.Datetime.now() - KEPT
        self.search([("asked_at", "<", old)], limit=1000).unlink()
