"""The containers run the same product as ./sire run: checked without an engine."""

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import yaml

from host import kenya, modules, settings
from host.commands import run

REPO = Path(__file__).resolve().parents[2]
SECRETS = {
    "SIRE_DB_PASSWORD": "db-secret",
    "SIRE_MASTER_PASSWORD": "master-secret",
    "SIRE_ADMIN_PASSWORD": "admin-secret",
}
# what must differ between a container and ./sire run: folders, where the database is, ports, the proxy in front
OWN = {"addons_path", "data_dir", "db_host", "proxy_mode", "gevent_port", "admin_passwd", "http_interface"}


def load_start():
    """``docker/start.py`` as a module."""
    spec = importlib.util.spec_from_file_location("docker_start", REPO / "docker" / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compose(*arguments, environ=SECRETS):
    """What docker-compose makes of the file; the environment of this test alone counts, no .env that lies about."""
    program = shutil.which("docker-compose")
    assert program, "docker-compose is missing: ./sire test installs it"
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environ}
    with tempfile.NamedTemporaryFile(suffix=".env") as empty:
        command = [program, "--project-directory", REPO, "--env-file", empty.name, "-f", REPO / "docker-compose.yml"]
        return subprocess.run([*command, *arguments], env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def services():
    """The services as docker-compose understands them, those of the sandbox's profile too."""
    done = compose("--profile", "sandbox", "config")
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)["services"]


def test_compose_file_is_valid_and_the_sandbox_is_optional():
    done = compose("config", "--services")
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) >= {"db", "odoo"}
    done = compose("--profile", "sandbox", "config", "--services")
    assert set(done.stdout.split()) == {"db", "odoo", "sandbox"}


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_no_secret_no_start(name):
    done = compose("config", environ={key: value for key, value in SECRETS.items() if key != name})
    assert done.returncode != 0
    assert name in done.stderr


def test_no_secret_is_written_down(services):
    text = "".join(
        (REPO / name).read_text() for name in ("docker-compose.yml", "Dockerfile", "odoo.conf", ".env.example")
    )
    assert not re.search(r"(?im)^[ \t]*\w*(password|passwd|secret)\w*[ \t]*[:=][ \t]*[^\s$].*$", text)
    environment = services["odoo"]["environment"]
    assert (environment["PASSWORD"], services["db"]["environment"]["POSTGRES_PASSWORD"]) == ("db-secret", "db-secret")


def test_health_checks_and_order(services):
    assert all(service.get("healthcheck", {}).get("test") for service in services.values())
    assert services["odoo"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_nobody_is_root_and_ports_stay_on_this_machine(services):
    assert services["odoo"]["user"] == "odoo"
    stages = re.split(r"(?m)^FROM ", (REPO / "Dockerfile").read_text())[1:]
    assert [re.findall(r"(?m)^USER (\S+)$", stage)[-1] for stage in stages] == ["odoo", "nobody"]
    for service in services.values():
        for port in service.get("ports", []):
            # the first version of docker-compose writes a line, the second a table
            assert str(port).startswith("127.0.0.1:") or port["host_ip"] == "127.0.0.1", port


def test_every_module_is_in_the_image():
    copied = dict(re.findall(r"(?m)^COPY --chown=root:root (sire_\w+) (\S+)$", (REPO / "Dockerfile").read_text()))
    assert set(copied) == set(modules.manifests())
    paths = settings.committed()["addons_path"].split(",")
    assert {str(Path(target).parent) for target in copied.values()} == {paths[-1]}


def test_addons_path_has_the_same_order():
    """Odoo's modules first, then ours: in the image as in what ./sire run writes."""
    committed = settings.committed()["addons_path"].split(",")
    assert committed[0].endswith("/odoo/addons")
    assert len(committed) == 2


def test_same_modules():
    start = load_start()
    assert start.HOST_MODULES is kenya.HOST_MODULES
    compose_text = (REPO / "docker-compose.yml").read_text()
    plain = re.search(r"SIRE_MODULES: \$\{SIRE_MODULES:-(\S+)\}", compose_text)[1].split(",")
    demo = re.search(r"(?m)^#SIRE_MODULES=(\S+)$", (REPO / ".env.example").read_text())[1].split(",")
    assert demo == list(run.MODULES)
    assert set(modules.closure(plain)) | set(demo) == set(modules.closure(run.MODULES))
    depends = {
        name
        for manifest in modules.manifests().values()
        for name in manifest["depends"]
        if not name.startswith("sire_")
    }
    framework = {"base", "base_setup", "mail", "web", "phone_validation"}
    itself = {"partner_autocomplete", "auth_passkey", "auth_totp_mail", "sms"}  # the host installs them with the others
    small = {"auth_oauth", "auth_password_policy"}  # come with our module, in no time
    covered = set(kenya.HOST_MODULES) | framework
    assert depends <= covered | {"account", "payment", "portal", "sale", "project", "analytic"} | itself | small


def test_same_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("SIRE_HOME", str(tmp_path))
    odoo = type("Odoo", (), {"addons": [tmp_path / "odoo" / "addons"]})
    cluster = type("Cluster", (), {"socket": tmp_path})
    written = settings.write("run", odoo, cluster, run.DATABASE).read_text()
    ours = dict(line.split(" = ", 1) for line in written.splitlines() if " = " in line)
    start = load_start()
    environ = {"PASSWORD": "db", "SIRE_MASTER_PASSWORD": "master", "SIRE_ADMIN_PASSWORD": "admin"}
    theirs = start.options(environ, settings.committed())
    assert theirs["admin_passwd"] == "master"
    different = {key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)}
    assert different <= OWN | {"db_password"}
    assert ours["list_db"] == theirs["list_db"] == "False"


def test_container_refuses_to_start_without_a_secret():
    with pytest.raises(SystemExit, match="SIRE_ADMIN_PASSWORD"):
        load_start().options({"PASSWORD": "db", "SIRE_MASTER_PASSWORD": "master"}, {})


def test_container_takes_the_mail_server_of_its_environment():
    environ = {
        "PASSWORD": "p",
        "SIRE_MASTER_PASSWORD": "m",
        "SIRE_ADMIN_PASSWORD": "a",
        "SIRE_SMTP_SERVER": "localhost",
        "SIRE_SMTP_PORT": "8071",
    }
    found = load_start().options(environ, {})
    assert (found["smtp_server"], found["smtp_port"]) == ("localhost", "8071")


class FakeServer:
    """PostgreSQL as ``docker/start.py`` speaks to it: what there is, and what was said."""

    def __init__(self, comment=None, exists=False):
        self.comment, self.exists, self.said = comment, exists, []

    def sql(self, statement, values=None):
        self.said.append(statement)
        if "shobj_description" in statement:
            return [[self.comment]] if self.exists else []
        return []


@pytest.fixture
def start(monkeypatch, tmp_path):
    """``docker/start.py`` with Odoo's runs written down instead of done."""
    found = load_start()
    found.runs = []
    monkeypatch.setattr(found, "odoo", lambda *arguments, **options: found.runs.append((arguments, options)))
    monkeypatch.setattr(found, "ADDONS", REPO)
    found.files = tmp_path
    return found


def test_first_start_builds_aside_and_renames(start):
    server = FakeServer()
    start.prepare(server, "sire", start.files, ["sire_billing"])
    assert {options["database"] for _arguments, options in start.runs} == {"sire_part"}
    assert start.runs[0][0][1:3] == ("-i", "base")
    assert start.runs[1][1]["script"] == kenya.SCRIPT.read_text()
    assert any("RENAME" in statement for statement in server.said)
    assert server.said[-1].startswith("COMMENT")


def test_later_start_updates_what_changed(start):
    prints = modules.fingerprints(modules.closure(["sire_billing"]))
    start.prepare(FakeServer(json.dumps(prints), exists=True), "sire", start.files, ["sire_billing"])
    assert start.runs == []
    prints["sire_base"] = "another"
    start.prepare(FakeServer(json.dumps(prints), exists=True), "sire", start.files, ["sire_billing"])
    assert [arguments[1:3] for arguments, _options in start.runs] == [("-u", "sire_base")]


def test_python_packages_agree():
    def pins(path):
        return dict(re.findall(r"(?m)^([\w-]+)==(\S+)", path.read_text().lower()))

    ours = pins(REPO / "requirements.txt")
    for name, version in pins(REPO / "sandbox" / "requirements.txt").items():
        assert ours.get(name) == version, f"{name}: sandbox/requirements.txt and requirements.txt differ"
    for name in modules.manifests():
        manifest = ast.literal_eval((REPO / name / "__manifest__.py").read_text())
        for package in manifest.get("external_dependencies", {}).get("python", []):
            assert package.lower() in ours, f"{name} needs {package}, which requirements.txt does not pin"
