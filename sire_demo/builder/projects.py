"""Projects with their tasks, documents and the hours worked on them."""

from ..story.projects_done import FINISHED
from ..story.projects_open import ONGOING
from .common import closing_time, day, remember, workday

DAY_HOURS = 6  # what one person writes down on one day for one task, at most


def build(env, staff, partners):
    """Make the projects, without tasks: the phases bring them, one quotation at a time.

    :param dict staff: users by login
    :param dict partners: clients by key
    :return: pairs of the project and its story, oldest first
    :rtype: list[tuple[project.project, Project]]
    """
    made = []
    for number, story in enumerate(sorted(FINISHED + ONGOING, key=lambda one: one.start), start=1):
        project = (
            env["project.project"]
            .with_user(staff["manager"])
            .create(
                {
                    "name": story.name,
                    "description": f"<p>{story.description}</p>",
                    "partner_id": partners[story.client].id,
                    "user_id": staff["manager"].id,
                    "date_start": day(story.start),
                    "date": day(story.end),
                    "sire_hourly_rate": story.rate,
                }
            )
        )
        env["sire.project.document"].create(
            [{"project_id": project.id, "name": name, "kind": "link", "url": url} for name, url in story.documents]
        )
        made.append((remember(env, f"project_{number:02}", project), story))
    return made


def add_tasks(env, project, story, phase, staff):
    """Add the tasks of one phase with the hours worked on them.

    :return: the tasks, in the story's order
    :rtype: project.task
    """
    stages = project.type_ids.sorted("sequence")
    tasks = env["project.task"].with_user(staff["manager"])
    begin, end = span(story, phase)
    for number, task in enumerate(phase.tasks):
        worker = staff[story.team[number % len(story.team)]]
        vals = {
            "name": task.name,
            "project_id": project.id,
            "user_ids": worker.ids,
            "allocated_hours": task.hours,
            "date_deadline": closing_time(end if task.done >= 1 else max(end, min(story.end, 4 + 3 * number))),
            "stage_id": stages[_stage_number(task.done)].id,
            "sequence": 10 * (len(project.task_ids) + 1),
        }
        if task.rate:
            vals["sire_hourly_rate"] = task.rate
        record = tasks.create(vals)
        if task.done >= 1:
            record.state = "1_done"
        log_hours(env, record, task, worker, begin, min(end, -1))
        tasks += record
    return tasks


def _stage_number(done):
    """Return which of the stages To do, Doing and Review an open task is in."""
    if done > 0.75:
        return 2
    return 1 if done else 0


def span(story, phase):
    """Return the first and last day of a phase: from its approval to the project's end, at most five weeks."""
    begin = max(story.start, phase.quote.decided) if phase.quote and phase.quote.decided else story.start
    return begin, max(begin + 2, min(story.end, begin + 35))


def log_hours(env, record, task, worker, begin, end):
    """Spread the hours worked on a task over the working days between two days."""
    left = round(task.hours * task.done, 1)
    if left <= 0 or end < begin:
        return
    entries = max(1, -int(-left // DAY_HOURS))
    step = max(1, (end - begin) // entries)
    lines = []
    for number in range(entries):
        hours = min(DAY_HOURS, round(left, 1))
        lines.append(
            {
                "name": task.name,
                "project_id": record.project_id.id,
                "task_id": record.id,
                "unit_amount": hours,
                "date": day(workday(min(begin + number * step, end))),
                "employee_id": worker.employee_id.id,
                "user_id": worker.id,
            }
        )
        left -= hours
    env["account.analytic.line"].create(lines)
