from odoo.http import request


def speak_the_browsers_language():
    """The host knows a browser's language with its country only, and Swahili is installed without one."""
    installed = {code.partition("_")[0].lower(): code for code, _name in request.env["res.lang"].get_installed()}
    for tag, _quality in request.httprequest.accept_languages:
        code = installed.get(tag.partition("-")[0].lower())
        if code:
            request.update_context(lang=code)
            return
