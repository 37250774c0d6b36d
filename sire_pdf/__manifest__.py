{
    "name": "SIRE PDF",
    "summary": "Reports as PDF by Chromium: with their letterhead, at once",
    "version": "19.0.1.0.0",
    "category": "Technical",
    "author": "SIRE",
    "license": "LGPL-3",
    "depends": ["web"],
    "data": ["views/res_config_settings_views.xml"],
}
