"""SIRE TECH Ltd: address, letterhead, chart of accounts, bank."""

import base64

from odoo.tools import file_open

from ..story.people import COMPANY

NOWHERE = "http://127.0.0.1:9"  # the discard port: refused at once


def build(env):
    """Turn the database's company into SIRE TECH Ltd, Nairobi."""
    company = env.company
    kes = env.ref("base.KES")
    kes.active = True
    company.partner_id.write({"country_id": env.ref("base.ke").id, "tz": "Africa/Nairobi", "lang": "en_US"})
    with file_open("sire_demo/static/img/logo.png", "rb") as logo:
        image = base64.b64encode(logo.read())
    company.write({**COMPANY, "country_id": env.ref("base.ke").id, "logo": image})
    if not company.chart_template:
        company.currency_id = kes
        env["account.chart.template"].try_loading("ke", company, install_demo=False)
    company.write(
        {
            "external_report_layout_id": env.ref("sire_pdf.external_layout_letterhead").id,
            "paperformat_id": env.ref("sire_pdf.paperformat_letterhead").id,
            "primary_color": "#0B6E4F",
            "secondary_color": "#1B1B1E",
            "report_header": False,
            "invoice_terms": False,
        }
    )
    bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
    bank.name = env._("Bank")
    # The weekly digest would be the first e-mail of a company that nobody runs.
    env["digest.digest"].search([]).action_deactivate()
    _stay_at_home(env)
    env["res.company"]._sire_apply_kenyan_formats()


def _stay_at_home(env):
    """Nobody outside this machine hears from a company that does not exist: neither Odoo's weekly statistics nor what it
    sells (SMS, letters, credits), nor the pages that a message links to."""
    env.ref("mail.ir_cron_module_update_notification").active = False
    for key in (
        "iap.endpoint",
        "sms.endpoint",
        "snailmail.endpoint",
        "enrich.endpoint",
        "iap.partner_autocomplete.endpoint",
    ):
        env["ir.config_parameter"].set_param(key, NOWHERE)
    env["ir.config_parameter"].set_param("mail.link_preview_throttle", "0")
