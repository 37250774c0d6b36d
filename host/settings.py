"""Odoo's configuration: the committed ``odoo.conf`` with the folders, socket and ports of this machine put in."""

import configparser
import secrets

from . import paths, postgres

COMMITTED = paths.REPO / "odoo.conf"


def committed():
    """The options of the committed ``odoo.conf`` as a dict."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(COMMITTED.read_text())
    return dict(parser["options"])


def write(name, odoo, cluster, database=None, **options):
    """Writes a configuration for one purpose.

    :param name: of the file, without its ending
    :param odoo: the :class:`host.odoo_tree.Odoo`
    :param cluster: the :class:`host.postgres.Cluster`
    :param database: the database that it is for; None when the command line says it
    :param options: what else differs from the committed file; None leaves an option out
    :return: the file
    """
    found = committed()
    found.update(
        addons_path=",".join(str(path) for path in [*odoo.addons, paths.REPO]),
        data_dir=str(paths.make("data")),
        db_host=str(cluster.socket),
        db_port="5432",
        db_user=postgres.USER,
        proxy_mode="False",
        gevent_port="0",
        admin_passwd=secrets.token_urlsafe(24),  # nobody needs it: list_db is off
        db_name=database,
        dbfilter=f"^{database}$" if database else None,
        http_interface="127.0.0.1",
    )
    found.update(options)
    text = "[options]\n" + "".join(f"{key} = {value}\n" for key, value in found.items() if value is not None)
    path = paths.make("conf") / f"{name}.conf"
    paths.write(path, text, mode=0o600)
    return path


def environment(odoo, cluster, **more):
    """The environment in which Odoo runs."""
    env = {**cluster.env, "PYTHONPATH": str(odoo.path), "PYTHONUNBUFFERED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    env["PYTHONPYCACHEPREFIX"] = str(
        paths.make("cache", "pyc")
    )  # compiled files neither in the repository nor in a checkout
    # As many requests at a time as there are connections to the database. Odoo's own way is a thread for each that comes.
    env.setdefault("ODOO_MAX_HTTP_THREADS", "auto")
    for name in ("ODOO_RC", "OPENERP_SERVER", "PYTHONDONTWRITEBYTECODE"):
        env.pop(name, None)
    env.update({key: value for key, value in more.items() if value is not None})
    return env


def unhurried(env):
    """The same environment, its commits not waiting for the disk: for databases that are built anew when they break."""
    return {**env, "PGOPTIONS": "-c synchronous_commit=off"}
