"""The outside world, as the control API of the sandbox shows it."""

import requests

from .waiting import PATIENCE, eventually


class Sandbox:
    """:param str url: where the sandbox listens"""

    def __init__(self, url):
        self.url = url

    def get(self, path, **params):
        answer = requests.get(f"{self.url}{path}", params=params, timeout=PATIENCE)
        answer.raise_for_status()
        return answer

    def post(self, path, **body):
        answer = requests.post(f"{self.url}{path}", json=body, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.json()

    def messages(self, to):
        """Return the mails to an address, newest first."""
        found = self.get("/control/messages", to=to).json()
        return sorted(found, key=lambda message: message["id"], reverse=True)

    def link_to(self, email, more_than=0):
        """Wait for a mail with a client link.

        :param str email: whom it was sent to
        :param int more_than: mails that were there before
        :return: the link of the newest mail
        :rtype: str
        """

        def look():
            mails = self.messages(email)
            return mails if len(mails) > more_than else None

        mails = eventually(look, f"a mail to {email}")
        return next(link for link in mails[0]["links"] if "/c/" in link)

    def prompt(self, phone):
        """Wait for the open prompt of a phone.

        :param str phone: ``2547…``
        :rtype: dict
        """

        def look():
            return [one for one in self.get("/control/prompts", phone=phone).json() if one["state"] == "open"]

        return eventually(look, f"a prompt on {phone}")[0]

    def next(self, phone, result, **more):
        """Say what the next prompt of this phone will come to."""
        self.post("/control/next", phone=phone, result=result, **more)


def international(phone):
    """Write 0712345678 as 254712345678."""
    return "254" + "".join(char for char in phone if char.isdigit()).removeprefix("254").lstrip("0")
