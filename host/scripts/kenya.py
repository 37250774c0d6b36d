"""For odoo shell, on a database with base alone: the main company is Kenyan before its accounting is installed."""

kes = env.ref("base.KES")  # noqa: F821  (odoo shell gives env)
kes.active = True
company = env.ref("base.main_company")  # noqa: F821
company.write({"name": "My Company", "country_id": env.ref("base.ke").id, "currency_id": kes.id})  # noqa: F821
users = env["res.users"].with_context(active_test=False).search([])  # noqa: F821
users.write({"tz": "Africa/Nairobi"})
env["ir.default"].set("res.partner", "tz", "Africa/Nairobi")  # noqa: F821
env.cr.commit()  # noqa: F821
