"""From the code in an address to the page: what every route of the client page begins and ends with."""

from odoo.http import request

from .client_page_content import ClientPage
from .client_page_http import LANGUAGES, choose_language, get_assets, get_languages, respond

# No account and no cookie: the code in the address is the only authority (docs/decisions/0003-a-link-is-the-key.md).
# So there is no session to keep, and without a cookie no request that another site could forge with it.
PUBLIC = {"type": "http", "auth": "public", "save_session": False, "max_content_length": 64 * 1024}
READ = {**PUBLIC, "methods": ["GET"], "readonly": True}
POST = {**PUBLIC, "methods": ["POST"], "csrf": False}


def get_link(code, params):
    """Return the link in superuser mode, acting as the public user and in the language of the page.

    Also in a browser where staff is signed in: their rights and their name are not the client's.

    :param str code: as it stood in the address
    :param dict params: of the request; ``lang`` is what the reader asked for
    :return: the link, empty when it does not open
    :rtype: sire.client.link
    """
    request.update_env(user=request.env.ref("base.public_user").id)
    link_sudo = request.env["sire.client.link"]._find(code)  # The code is the authority.
    client = (link_sudo.order_id or link_sudo.invoice_id).partner_id
    lang = choose_language(request.env, params.get("lang"), client.lang)
    request.update_context(lang=lang)
    return link_sudo.with_context(lang=lang, allowed_company_ids=link_sudo.company_id.ids, tz="Africa/Nairobi")


def render(link, params, status=200, failure=None):
    """Answer with the page; with its main part alone when the script asks for that.

    :param link: what :func:`get_link` returned
    :param dict failure: ``action``, ``field``, ``text`` and the typed ``values`` of a form that was refused
    """
    return render_as(
        "client_page", lambda: ClientPage(link, (failure or {}).get("values")), link, params, status, failure
    )


def render_as(name, make_page, link, params, status=200, failure=None):
    """As :func:`render`, for another page behind a link.

    :param str name: of its template; the one of its main part ends with ``_main``
    :param make_page: makes what the template reads; called only when the link opens
    """
    template, values = "sire_billing.client_page_gone", {"failure": failure or {}}
    if link and status != 404:
        values |= {"page": make_page(), "path": link._get_path()}
        template = f"sire_billing.{name}_main" if params.get("part") == "main" else f"sire_billing.{name}"
    return respond_with(template, params, values, status if link else 404)


def respond_with(template, params, values, status):
    """Answer with a template that stands in the frame of all pages without an account, in the language of the context."""
    lang = request.env.context["lang"]
    frame = {
        "language": lang[:2],
        "languages": {short: LANGUAGES[short] for short in get_languages(request.env) if short != lang[:2]},
        "asked_language": params.get("lang") if params.get("lang") in LANGUAGES else "",
        "assets": get_assets(),
    }
    html = request.env["ir.ui.view"].with_context(lang=lang)._render_template(template, frame | values)
    return respond(str(html), status)
