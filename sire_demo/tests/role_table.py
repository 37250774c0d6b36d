"""Who may do what to quotations, invoices, money and reminders: the table that `test_role_table.py` tries cell by cell.

``yes``: it happens. ``-``: refused, because the role may not. ``no``: refused to everybody, whatever the role, by a rule.
The columns are the roles, a client with a portal account, and whoever has no account.
"""

TABLE = """
action                     admin  accountant  manager  developer  viewer  client  nobody
create_quotation           yes    -           yes      -          -       -       -
change_quotation           yes    -           yes      -          -       -       -
discount                   yes    -           yes      -          -       -       -
plan                       yes    -           yes      -          -       -       -
send_quotation             yes    -           yes      -          -       -       -
revise                     yes    -           yes      -          -       -       -
mark_approved              yes    -           yes      -          -       -       -
confirm_as_the_host_does   no     -           no       -          -       -       -
decline_as_the_client      no     no          no       no         no      no      -
cancel_quotation           yes    -           yes      -          -       -       -
delete_quotation           no     -           -        -          -       -       -
change_approved            no     -           no       -          -       -       -
invoice_part               yes    yes         yes      -          -       -       -
create_invoice             yes    yes         -        -          -       -       -
post_invoice               yes    yes         -        -          -       -       -
send_invoice               yes    yes         yes      -          -       -       -
void_invoice               yes    yes         -        -          -       -       -
credit_note                yes    yes         -        -          -       -       -
delete_draft               yes    yes         -        -          -       -       -
delete_issued              no     no          -        -          -       -       -
reset_issued               yes    yes         -        -          -       -       -
reset_sent                 no     no          -        -          -       -       -
register_payment           yes    yes         -        -          -       -       -
cash_receipt               yes    yes         -        -          -       -       -
too_much_cash              no     no          -        -          -       -       -
cheque                     yes    yes         -        -          -       -       -
clear_cheque               yes    yes         -        -          -       -       -
return_cheque              yes    yes         -        -          -       -       -
void_receipt               yes    yes         -        -          -       -       -
delete_receipt             no     no          -        -          -       -       -
use_credit                 yes    yes         -        -          -       -       -
open_drawer                yes    yes         -        -          -       -       -
count_drawer               yes    yes         -        -          -       -       -
sign_off_drawer            yes    yes         -        -          -       -       -
hold_reminders             yes    yes         yes      -          -       -       -
dispute                    yes    yes         yes      -          -       -       -
promise                    yes    yes         yes      -          -       -       -
end_hold                   yes    yes         yes      -          -       -       -
send_reminder              yes    yes         -        -          -       -       -
send_statement             yes    yes         -        -          -       -       -
print_statement            yes    yes         yes      -          yes     -       -
"""

#: On the page behind a link and on the portal nobody is asked for a role: who has the link may, and it is written down who it was.
PAGE_TABLE = """
action                     admin  accountant  manager  developer  viewer  client  nobody
approve_by_link            yes    yes         yes      yes        yes     yes     yes
decline_by_link            yes    yes         yes      yes        yes     yes     yes
approve_changed            no     no          no       no         no      no      no
approve_wrong_link         no     no          no       no         no      no      no
decline_approved           no     no          no       no         no      no      no
accept_on_the_portal       no     no          no       no         no      no      no
pay_quotation_on_portal    no     no          no       no         no      no      no
pay_too_much_on_portal     no     no          no       no         no      no      no
pay_less_than_nothing      no     no          no       no         no      no      no
"""


def read_table(text):
    """:return: rows of (action, {role: what is expected})
    :rtype: list[tuple[str, dict[str, str]]]
    """
    head, *rows = (line.split() for line in text.strip().splitlines())
    return [(row[0], dict(zip(head[1:], row[1:], strict=True))) for row in rows]
