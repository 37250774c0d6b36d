"""For odoo shell: compiles what a browser loads first, so that the first page of a copy of this database comes at once."""

for bundle in ("web.assets_web", "web.assets_frontend", "web.assets_frontend_minimal", "web.assets_frontend_lazy"):
    assets = env["ir.qweb"]._get_asset_bundle(bundle)  # noqa: F821  (odoo shell gives env)
    assets.js()
    assets.css()
env.cr.commit()  # noqa: F821
