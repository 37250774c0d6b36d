"""Prepared databases: built once, keyed by what they are made of, copied ever after.

Two kinds. The *host* database is Odoo with the modules of other people that we stand on, for a Kenyan company. A *prepared*
database is a copy of it with modules of ours. Both are built under a name that ends in ``_part`` and renamed when they are
complete, so that what an interrupted build left is never taken for a database. What one is made of is written on it as its comment.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess

from . import modules, paths, process, serve, settings
from .errors import Failure
from .kenya import HOST_MODULES, LANGUAGES, SCRIPT
from .ui import Step, say

ASSETS = SCRIPT.parent / "assets.py"
KEPT = 6  # prepared databases of ours; older ones are dropped


class Databases:
    """The databases of one cluster, with their files.

    :param cluster: a started :class:`host.postgres.Cluster`
    :param odoo: the :class:`host.odoo_tree.Odoo`
    """

    def __init__(self, cluster, odoo):
        self.cluster = cluster
        self.odoo = odoo
        self.files = paths.make("data", "filestore")

    # -- what there is

    def names(self):
        """All databases but PostgreSQL's own."""
        return [
            row[0]
            for row in self.cluster.sql(
                "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY oid"
            )
        ]

    def made_of(self, name):
        """What is written on a database: ``{"host": key, "modules": {module: fingerprint}}``, empty when nothing is."""
        rows = self.cluster.sql(
            f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
        )
        try:
            return json.loads(rows[0][0])
        except (IndexError, ValueError):
            return {}

    def mark(self, name, host, prints):
        """Writes on a database what it is made of."""
        text = json.dumps({"host": host, "modules": prints}).replace("'", "''")
        self.cluster.sql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")

    # -- copies and removal

    def drop(self, name):
        """Removes a database with its files."""
        self.cluster.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        paths.remove(self.files / name)

    def copy(self, source, target):
        """Copies a database; its files are hard links (Odoo never writes into one that is there)."""
        self.drop(target)
        self.cluster.wait_unused(source)
        self.cluster.sql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        if (self.files / source).exists():
            shutil.copytree(self.files / source, self.files / target, copy_function=os.link)

    def rename(self, old, new):
        """Gives a finished database its name; its files come first, so that the name is there only when all is."""
        self.drop(new)
        self.cluster.wait_unused(old)
        if (self.files / old).exists():
            (self.files / old).rename(self.files / new)
        self.cluster.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    def sweep(self):
        """Drops what interrupted builds and test runs left, and what can be made anew after the machine lost its power."""
        if self.cluster.in_doubt():
            self._drop_doubtful()
        folders = list(
            self.files.iterdir()
        )  # before the names: a copy that somebody makes meanwhile begins with its database
        names = self.names()
        for name in names:
            found = re.fullmatch(r"(?:test|run)_(\d+)_.*", name)
            if name.endswith("_part") or (found and process.born(int(found[1])) is None):
                self.drop(name)
        old = [name for name in names if name.startswith("prepared_") and not name.endswith("_part")]
        for name in old[:-KEPT]:
            self.drop(name)
        for folder in folders:
            if folder.name not in names:
                paths.remove(folder)

    def _drop_doubtful(self):
        """After a power cut nobody knows what of a prepared database reached the disk; a person's own is never dropped."""
        own = []
        for name in self.names():
            if re.fullmatch(r"(host|prepared)_.*|(test|run)_\d+_.*", name) or name.endswith("_part"):
                self.drop(name)
            else:
                own.append(name)
        say("... the machine stopped while PostgreSQL ran: prepared databases are made anew")
        if own:
            say(
                f"    kept: {', '.join(own)}. When something is wrong with it, ./sire reset makes it anew, without its data"
            )
        self.cluster.trust()

    def _whole(self, name, made_of):
        """Whether a prepared database is there with all that belongs to it; what is left of another one is dropped."""
        if name not in self.names():
            return False
        invalid = self.cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}' AND datconnlimit = -2")
        if not invalid and self.made_of(name) == made_of and (self.files / name).is_dir():
            return True
        self.drop(name)
        return False

    # -- building

    def host_key(self):
        """What the host database is made of, as twelve hexadecimal digits."""
        made_of = [
            self.odoo.version,
            HOST_MODULES,
            LANGUAGES,
            SCRIPT.read_text(),
            (paths.REPO / "requirements.txt").read_text(),
        ]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:12]

    def odoo_run(
        self,
        what,
        database,
        *arguments,
        step=None,
        share=(0, 1),
        stdin=None,
        command="server",
        disposable=True,
        environ=None,
    ):
        """Runs Odoo on a database until it is done.

        :param what: what for, as people are told when it fails
        :param step: the step that shows how far it is
        :param share: which part of that step this is, from and to
        :param disposable: whether the database can be built anew when the machine loses power, so that commits need not wait
        :param environ: more environment variables, :data:`SIRE_COVERAGE_RC` for example
        """
        conf = settings.write("build", self.odoo, self.cluster, database, without_demo="True")
        env = settings.environment(self.odoo, self.cluster, SIRE_DEMO="1", **(environ or {}))
        env = settings.unhurried(env) if disposable else env
        line = [*serve.python_command("odoo", env), command, "-c", conf, "-d", database, "--no-http", *arguments]
        if command == "server":
            line += ["--stop-after-init", "--max-cron-threads=0"]

        def on_line(text):
            found = re.search(r"odoo\.modules\.loading: Loading module \S+ \((\d+)/(\d+)\)", text)
            if found and step:
                step.progress(share[0] + (share[1] - share[0]) * int(found[1]) / int(found[2]), 1)

        said = process.run(
            what,
            line,
            log=f"odoo-{database}",
            env=env,
            cwd=paths.REPO,
            on_line=on_line,
            stdin=stdin or subprocess.DEVNULL,
        )
        # in a script an error that is only logged is none: Debian's Odoo lacks one asset, and says so whenever assets are compiled
        pattern = r"^Traceback[\s\S]*?^(\S.*)$" + (
            r"|^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*$" if command == "server" else ""
        )
        wrong = re.search(pattern, said, re.MULTILINE)
        if wrong:
            raise Failure(
                f"{what} failed: {(wrong[1] or wrong[0])[:300]}", f"All it said is in {paths.logs('odoo-' + database)}"
            )

    def ensure_host(self):
        """The host database, built when it is not there.

        :return: its name
        """
        name = f"host_{self.host_key()}"
        if self._whole(name, {"host": self.host_key(), "modules": {}}):
            return name
        part = f"{name}_part"
        with Step("Host database: Odoo for a Kenyan company, once") as step:
            self.drop(part)
            self.cluster.sql(
                f"CREATE DATABASE \"{part}\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            )
            self.odoo_run("Installing Odoo's base", part, "-i", "base", step=step, share=(0, 0.15))
            with SCRIPT.open() as script:
                self.odoo_run("Making the company Kenyan", part, command="shell", stdin=script)
            self.odoo_run(
                "Installing Odoo's modules",
                part,
                "-i",
                ",".join(HOST_MODULES),
                f"--load-language={LANGUAGES}",
                step=step,
                share=(0.2, 1),
            )
            self._check_host(part)
            self.mark(part, self.host_key(), {})
            self.rename(part, name)
        for old in self.names():
            if re.fullmatch(r"host_[0-9a-f]{12}", old) and old != name:
                self.drop(old)
        return name

    def _check_host(self, name):
        """A host database without the Kenyan chart would only show much later."""
        rows = self.cluster.sql(
            "SELECT c.chart_template, u.name FROM res_company c JOIN res_currency u ON u.id = c.currency_id ORDER BY c.id LIMIT 1",
            name,
        )
        if rows != [["ke", "KES"]]:
            raise Failure(
                f"The host database has no Kenyan company ({rows})",
                "Tell the maintainers: this Odoo differs from the one that was tried",
            )

    def ensure(self, wanted, warm=False):
        """A prepared database with modules of ours, built when it is not there.

        :param wanted: names of our modules; what they stand on comes with them; none gives the host database
        :param warm: whether what a browser loads first is compiled already
        :return: its name; copy it, never change it
        """
        host = self.ensure_host()
        if not wanted:
            return host
        prints = modules.fingerprints(modules.closure(wanted))
        key = hashlib.sha256(json.dumps([self.host_key(), prints, warm], sort_keys=True).encode()).hexdigest()[:12]
        name = f"prepared_{key}"
        if self._whole(name, {"host": self.host_key(), "modules": prints}):
            return name
        base, there = self._nearest(prints, host)
        part = f"{name}_part"
        missing = [module for module in prints if module not in there]
        with Step(f"Database with {', '.join(missing) or 'compiled assets'}") as step:
            self.copy(base, part)
            if missing:
                self.odoo_run(
                    f"Installing {', '.join(missing)}", part, "-i", ",".join(missing), step=step, share=(0, 0.8)
                )
            if warm:
                with ASSETS.open() as script:
                    self.odoo_run("Compiling what browsers load first", part, command="shell", stdin=script)
            self.mark(part, self.host_key(), prints)
            self.rename(part, name)
        return name

    def _nearest(self, prints, host):
        """The prepared database that holds most of what is wanted and nothing else; the host database at worst."""
        best, there = host, {}
        for name in self.names():
            if name.startswith("prepared_") and not name.endswith("_part"):
                made_of = self.made_of(name)
                have = made_of.get("modules", {})
                if made_of.get("host") == self.host_key() and len(have) > len(there) and have.items() <= prints.items():
                    best, there = name, have
        return best, there
