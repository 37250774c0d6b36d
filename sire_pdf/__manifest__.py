{
    "name": "SIRE PDF",
    "summary": "Reports as PDF by Chromium: with their letterhead, at once",
    "version": "19.0.1.0.0",
    "category": "Technical",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": ["web"],
    "data": [
        "views/report_letterhead_templates.xml",
        "views/report_paperformat_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {"web.report_assets_common": ["sire_pdf/static/src/scss/report_letterhead.scss"]},
}
