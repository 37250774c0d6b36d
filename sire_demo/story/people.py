"""The company and the people who work in it. Everybody and everything is invented."""

COMPANY = {
    "name": "SIRE TECH Ltd",
    "street": "Sire House, 2nd floor, Ngong Road",
    "street2": "P.O. Box 10000",
    "city": "Nairobi",
    "zip": "00100",
    "phone": "+254 20 000 0100",
    "email": "hello@siretech.example",
    "website": "https://siretech.example",
    "vat": "P000111222S",
    "company_registry": "PVT-000111",
}

# login (also the password), name, role, job, phone
USERS = (
    ("admin", "Amina Wanjiru", "group_admin", "Managing Director", "+254 700 000 101"),
    ("accountant", "Peter Kamau", "group_accountant", "Accountant", "+254 700 000 102"),
    ("manager", "Grace Njeri", "group_project_manager", "Project Manager", "+254 700 000 103"),
    ("developer", "Brian Otieno", "group_developer", "Software Developer", "+254 700 000 104"),
    ("developer2", "Faith Chebet", "group_developer", "Software Developer", "+254 700 000 105"),
    ("viewer", "Samuel Mutua", "group_viewer", "Board Member", "+254 700 000 106"),
)
