"""What is watched in the host's models; those that are not installed are passed over. Other modules say it in ``_sire_audit``.

Keys: see the README. More here: ``kind``, ``name`` (column of the title), ``quiet`` (``setup``: not while modules are installed; ``unmarked``: nothing but
marks),
``secrets`` (all columns that only administrators may read are watched, and kept secret), ``by_sql`` (columns that Odoo
itself writes by SQL: no sign of somebody who went past it).
A mark is ``(column, new value or "*", action)`` for a change; with a fourth element ``"create"``, for a new record.
"""

import re

SECRET = re.compile(
    r"(^|_)(secret|passkey|passwd|password|pass|consumer_key|api_key|private_key|auth_token|access_token|token|credential)s?(_|$)"
)
# both ends of the many2many tables that are watched
LINK_ENDS = {"res.users", "res.groups", "res.company", "ir.rule"}

WATCHED = {
    # who may do what
    "res.users": {
        "kind": "access",
        "fields": ("login", "active", "share", "company_id", "password", "totp_secret", "oauth_uid", "oauth_provider_id"),
        "personal": ("login", "oauth_uid"),
        "secret": ("password", "totp_secret"),
        "name": "login",
        "links": ("group_ids", "company_ids"),
        "marks": (("active", "false", "deactivate"), ("active", "true", "activate"), ("password", "*", "password")),
    },
    "res.groups": {
        "kind": "access",
        "fields": ("name", "share", "privilege_id"),
        "name": "name",
        "links": ("implied_ids",),
        "quiet": "setup",
    },
    "ir.model.access": {
        "kind": "access",
        "fields": ("name", "active", "model_id", "group_id", "perm_read", "perm_write", "perm_create", "perm_unlink"),
        "name": "name",
        "quiet": "setup",
    },
    "ir.rule": {
        "kind": "access",
        "fields": (
            "name", "active", "model_id", "domain_force", "perm_read", "perm_write", "perm_create", "perm_unlink", "global",
        ),
        "name": "name",
        "links": ("groups",),
        "quiet": "setup",
    },
    "res.users.apikeys": {
        "kind": "access",
        "fields": ("name", "user_id", "scope", "expiration_date"),
        "name": "name",
        "parent": ("res.users", "user_id"),
    },
    "auth_totp.device": {"kind": "access", "fields": ("name", "user_id"), "name": "name", "parent": ("res.users", "user_id")},
    "auth.passkey.key": {"kind": "access", "fields": ("name", "create_uid"), "name": "name"},
    # how it is set up
    "ir.config_parameter": {"kind": "settings", "fields": ("key", "value"), "secret": ("value",), "name": "key"},
    "ir.module.module": {
        "kind": "settings",
        "fields": ("state",),
        "name": "name",
        "marks": (("state", "installed", "install"), ("state", "uninstalled", "uninstall")),
        "quiet": "unmarked",  # the host's states on the way
    },
    "ir.cron": {
        "kind": "settings",
        "fields": ("cron_name", "active", "user_id", "interval_number", "interval_type"),
        "name": "cron_name",
        "quiet": "setup",
    },
    "ir.actions.server": {"kind": "settings", "fields": ("name", "state", "code", "model_id"), "name": "name", "quiet": "setup"},
    "base.automation": {"kind": "settings", "fields": ("name", "active", "trigger", "filter_domain"), "name": "name"},
    "ir.mail_server": {
        "kind": "settings",
        "fields": ("name", "active", "smtp_host", "smtp_port", "smtp_user"),
        "personal": ("smtp_user",),
        "name": "name",
        "secrets": True,
    },
    "res.company": {
        "kind": "settings",
        "fields": (
            "name", "parent_id", "currency_id", "fiscalyear_lock_date", "tax_lock_date", "sale_lock_date",
            "purchase_lock_date", "hard_lock_date",
        ),
        "name": "name",
    },
    "payment.provider": {
        "kind": "settings",
        "fields": ("name", "code", "state", "is_published", "company_id", "maximum_amount"),
        "name": "name",
        "secrets": True,
    },
    "account.journal": {
        "kind": "settings",
        "fields": ("name", "code", "type", "active", "bank_account_id", "default_account_id", "restrict_mode_hash_table"),
        "name": "name",
    },
    "account.account": {"kind": "settings", "fields": ("name", "account_type", "active"), "name": "name", "quiet": "setup"},
    "account.tax": {
        "kind": "settings",
        "fields": ("name", "amount", "amount_type", "type_tax_use", "active", "price_include_override"),
        "name": "name",
        "quiet": "setup",
    },
    "res.partner.bank": {
        "kind": "settings",
        "fields": ("acc_number", "partner_id", "bank_id", "active", "allow_out_payment"),
        "personal": ("acc_number",),
        "name": "acc_number",
    },
    # money
    "account.move": {
        "fields": (
            "name", "state", "move_type", "partner_id", "invoice_date", "invoice_date_due", "date", "journal_id",
            "currency_id", "amount_untaxed", "amount_tax", "amount_total", "amount_residual", "payment_state", "ref",
            "payment_reference", "is_move_sent", "reversed_entry_id", "partner_bank_id", "invoice_payment_term_id",
        ),
        "by_sql": ("name",),  # the next number of a journal
        "name": "name",
        "marks": (
            ("move_type", "out_refund", "refund", "create"),
            ("move_type", "in_refund", "refund", "create"),
            ("state", "posted", "post"),
            ("state", "cancel", "void"),
            ("state", "draft", "reset"),
            ("is_move_sent", "true", "send"),
        ),
    },
    "account.move.line": {
        "fields": (
            "name", "account_id", "product_id", "quantity", "price_unit", "discount", "debit", "credit", "amount_currency",
            "partner_id",
        ),
        "name": "name",
        "parent": ("account.move", "move_id"),
    },
    "account.partial.reconcile": {"fields": ("amount", "debit_move_id", "credit_move_id")},
    "account.payment": {
        "fields": (
            "name", "state", "payment_type", "partner_id", "amount", "currency_id", "date", "journal_id", "memo", "is_sent",
            "payment_transaction_id", "company_id",
        ),
        "name": "name",
        "marks": (
            ("state", "in_process", "post"),
            ("state", "paid", "post"),
            ("state", "canceled", "void"),
            ("state", "rejected", "void"),
            ("state", "draft", "reset"),
            ("is_sent", "true", "send"),
        ),
    },
    "account.bank.statement.line": {
        "fields": ("amount", "payment_ref", "partner_id", "account_number", "is_reconciled"),
        "personal": ("account_number",),
        "name": "payment_ref",
        "parent": ("account.move", "move_id"),
    },
    "payment.transaction": {
        "fields": (
            "reference", "state", "amount", "currency_id", "provider_id", "provider_reference", "operation", "partner_id",
            "partner_name", "partner_email", "partner_phone",
        ),
        "personal": ("partner_name", "partner_email", "partner_phone"),
        "name": "reference",
        "marks": (
            ("operation", "refund", "refund", "create"),
            ("state", "done", "pay"),
            ("state", "cancel", "void"),
            ("state", "error", "fail"),
        ),
    },
    "sale.order": {
        "fields": (
            "name", "state", "partner_id", "date_order", "validity_date", "currency_id", "amount_untaxed", "amount_tax",
            "amount_total", "user_id", "signed_by", "signed_on", "locked", "payment_term_id",
        ),
        "personal": ("signed_by",),
        "name": "name",
        "marks": (
            ("state", "sent", "send"),
            ("state", "sale", "approve"),
            ("state", "cancel", "void"),
            ("state", "draft", "reset"),
        ),
    },
    "sale.order.line": {
        "fields": ("name", "product_id", "product_uom_qty", "price_unit", "discount"),
        "name": "name",
        "parent": ("sale.order", "order_id"),
    },
    "purchase.order": {
        "fields": ("name", "state", "partner_id", "amount_total", "currency_id"),
        "name": "name",
        "marks": (("state", "purchase", "approve"), ("state", "cancel", "void"), ("state", "draft", "reset")),
    },
    # whom it concerns
    "res.partner": {
        "fields": ("name", "email", "phone", "vat", "street", "city", "active", "parent_id"),
        "personal": ("name", "email", "phone", "vat", "street", "city"),
        "name": "name",
    },
}  # fmt: skip
