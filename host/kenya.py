"""What a host database is: Odoo's modules that ours stand on, for a Kenyan company. ``docker/start.py`` makes the same one."""

from pathlib import Path

HOST_MODULES = (
    "account_payment",
    "hr_timesheet",
    "l10n_ke",
    "payment_stripe",
    "phone_validation",
    "sale_management",
    "sale_project",
    "sale_timesheet",
)
LANGUAGES = "sw"
# for odoo shell, between base and the rest: the chart of accounts comes with the company's country
SCRIPT = Path(__file__).parent / "scripts" / "kenya.py"
