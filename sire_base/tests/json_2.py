"""Talking to the server without our screens, as a program outside does."""

import json

from odoo.tests import HttpCase

from .common import SireCommon


class Json2Case(SireCommon, HttpCase):
    def json_2(self, caller, model, method, /, **body):
        """Call a method over JSON-2. What the test knows of records is read anew afterwards.

        :param caller: a user, who is given a key, or a key as ``make_api_key`` returns it
        :param body: ``ids``, ``context`` and the arguments of the method
        :return: the response
        """
        key = caller if isinstance(caller, str) else self.make_api_key(caller)
        self.env.flush_all()
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body),  # not json=, which refuses the NaN that a test may send
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
        )
        self.env.invalidate_all()
        return response

    def assertForbidden(self, response, words=""):
        """Refused, and in words: neither done nor a fault of the server."""
        self.assertGreaterEqual(response.status_code, 400, response.text)
        self.assertLess(response.status_code, 500, response.text)
        self.assertIn(words, response.json()["message"])
