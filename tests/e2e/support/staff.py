"""The staff's screens: Odoo's web client with SIRE in it."""

import re

from playwright.sync_api import expect

from .counting import Counter


class Staff(Counter):
    """What a member of staff sees and clicks.

    :param page: a Playwright page of somebody who is signed in
    """

    def __init__(self, page):
        super().__init__()
        self.page = page

    def open(self, path="/odoo"):
        """Open SIRE; without a path, where this role's day starts."""
        self.page.goto(path)
        expect(self.page.locator(".o_action_manager .o_view_controller, .o_action_manager .o_action")).to_be_visible()
        return self

    def record(self, action, res_id):
        """Open one record of an action by its address."""
        self.open(f"/odoo/{action}/{res_id}")
        expect(self.form).to_be_visible()
        return self

    # What it says

    @property
    def form(self):
        return self.page.locator(".o_form_view")

    def field(self, name):
        return self.form.locator(f".o_field_widget[name='{name}']").first

    def expect_field(self, name, text):
        expect(self.field(name)).to_contain_text(text)

    def expect_status(self, text):
        """Wait for the current step of the status bar."""
        expect(self.page.locator(".o_statusbar_status .o_arrow_button_current").first).to_have_text(
            re.compile(rf"^\s*{re.escape(text)}\s*$", re.IGNORECASE)
        )

    def expect_dialog(self, text):
        """Wait for the sentence that refuses, and close it."""
        dialog = self.page.locator(".modal:visible, .o_notification").filter(has_text=text).first
        expect(dialog).to_be_visible()

    @property
    def menus(self):
        """Names of the entries of the top menu."""
        expect(self.page.locator(".o_menu_sections > *").first).to_be_visible()
        return [text.strip() for text in self.page.locator(".o_menu_sections > *").all_inner_texts() if text.strip()]

    # What a person does

    def press(self, name):
        """Press a button by its words."""
        self.click(self.page.get_by_role("button", name=name, exact=True).filter(visible=True).first)

    def open_row(self, text):
        """Open the card or the row with this text."""
        self.click(self.page.locator(".o_kanban_record, .o_data_row").filter(has_text=text).first)
        expect(self.form).to_be_visible()

    def choose_filter(self, filter_name):
        """Take the filter that is set away and choose another one."""
        remove = self.page.locator(".o_searchview_facet .o_facet_remove")
        if remove.count():
            self.click(remove.first)
        self.click(self.page.locator(".o_searchview_dropdown_toggler"))
        self.click(self.page.locator(".o_filter_menu").get_by_text(filter_name, exact=True))
        self.page.keyboard.press("Escape")

    def type_to_search(self, text, field):
        """Type into the search box and search in one field."""
        self.page.locator(".o_searchview_input").fill(text)
        self.click(self.page.locator(".o_searchview_autocomplete").get_by_text(f"Search {field} for").first)

    def type_into(self, name, text):
        """Type into a field without clicking."""
        self.field(name).locator("input, textarea").first.fill(text)

    def choose(self, name, text):
        """Type into a field that proposes, and take the proposal with the keyboard."""
        box = self.field(name).locator("input").first
        box.fill(text)
        option = self.page.locator(".o-autocomplete--dropdown-item, .dropdown-item").filter(has_text=text).first
        expect(option).to_be_visible()
        self.click(option)

    def edit_cell(self, row, name, text):
        """Click a cell of the list in a form and type over it."""
        line = self.form.locator(".o_data_row").filter(has_text=row).first
        self.click(line.locator(f"td[name='{name}']"))
        box = self.form.locator(f".o_selected_row td[name='{name}'] input, .o_selected_row td[name='{name}'] textarea")
        box.first.fill(text)
        box.first.press("Tab")
