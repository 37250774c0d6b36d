"""What a test prepares through the server's own web calls, as one of the roles, to be quick where nothing is shown."""

import json
import secrets
import uuid
from dataclasses import dataclass, field

from .waiting import PATIENCE


class Refused(Exception):
    """The server refused a call; the text is what a person would read."""


class Api:
    """Calls of one role, with the same session as its browser window.

    :param playwright: a Playwright API request context
    """

    def __init__(self, request):
        self.request = request

    def call(self, model, method, *args, **kwargs):
        """Call a public method.

        :raise Refused: with the server's sentence
        """
        payload = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.request.post(
            f"/web/dataset/call_kw/{model}/{method}",
            headers={"Content-Type": "application/json"},
            data=json.dumps({"jsonrpc": "2.0", "params": payload}),
            timeout=PATIENCE * 1000,
        ).json()
        if "error" in answer:
            raise Refused(answer["error"]["data"]["message"])
        return answer["result"]

    def read(self, model, ids, *fields):
        """Return one record's fields as a dict."""
        return self.call(model, "read", [ids] if isinstance(ids, int) else ids, list(fields))[0]


@dataclass
class Job:
    """A client, a project and a quotation, ready to be looked at."""

    client: str
    email: str
    project: str
    project_id: int
    partner_id: int
    order_id: int = 0
    order: str = ""
    link: str = ""
    tasks: list = field(default_factory=list)


def unique(word):
    """Return a name that no other test uses."""
    return f"{word} {uuid.uuid4().hex[:6]}"


def phone_number():
    """Return a Kenyan number that no other test uses, as ``0700123456``."""
    return f"0700{secrets.randbelow(1_000_000):06}"


def make_project(api, tasks=(("Design", 10, 2000), ("Build", 20, 2500)), **client):
    """Make a client and a project with tasks.

    :param Api api: of a project manager
    :param tasks: name, hours and shillings an hour of each
    :param client: more values of the client
    :rtype: Job
    """
    name = unique("Acacia Works")
    email = f"{name.split()[-1]}@client.example"
    partner = api.call("res.partner", "create", [{"name": name, "is_company": True, "email": email, **client}])
    partner_id = partner[0] if isinstance(partner, list) else partner
    project = unique("Website")
    made = api.call("project.project", "create", [{"name": project, "partner_id": partner_id}])
    project_id = made[0] if isinstance(made, list) else made
    api.call(
        "project.task",
        "create",
        [
            {"name": task, "project_id": project_id, "allocated_hours": hours, "sire_hourly_rate": rate}
            for task, hours, rate in tasks
        ],
    )
    return Job(name, email, project, project_id, partner_id, tasks=list(tasks))


def make_quotation(api, sandbox, send=True, **options):
    """Make a project and its quotation, and send it.

    :param Sandbox sandbox: whose inbox has the link
    :param options: as for :func:`make_project`
    :rtype: Job
    """
    job = make_project(api, **options)
    action = api.call("project.project", "action_sire_new_quotation", [job.project_id])
    job.order_id = action.get("res_id") or action["params"]["next"]["res_id"]
    job.order = api.read("sale.order", job.order_id, "name")["name"]
    if send:
        api.call("sale.order", "action_sire_send", [job.order_id])
        job.link = sandbox.link_to(job.email)
    return job
