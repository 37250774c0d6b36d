"""What installing the module does beside its own records."""


def post_init_hook(env):
    """The first entry says when the log began, and in which database."""
    env["sire.audit.entry"]._log(
        "start",
        kind="system",
        name=env.cr.dbname,
        note=env["ir.config_parameter"].sudo().get_param("database.uuid"),
    )
