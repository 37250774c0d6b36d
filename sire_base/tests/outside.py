"""A service outside, played by a program of its own on loopback that is talked to over real HTTP."""

import socket
import subprocess
import sys
import time

import requests

from odoo.tests import HttpCase

from .common import SireCommon

PATIENCE = 60  # seconds, which only pass when something is broken


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class OutsideCase(SireCommon, HttpCase):
    @classmethod
    def start_outside(cls, port, health, *arguments, **options):
        """Run a Python program until the end of the class.

        :param int port: where it will listen, one of its arguments
        :param str health: the path that answers when it is up
        :param arguments: what stands behind ``python`` on the command line
        :param options: of ``subprocess.Popen``
        :return: its address
        """
        url = f"http://127.0.0.1:{port}"
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
        )
        cls.addClassCleanup(process.wait, PATIENCE)
        cls.addClassCleanup(process.terminate)

        def is_up():
            try:
                return requests.get(url + health, timeout=PATIENCE).ok
            except requests.RequestException:
                return False

        cls.wait_until(is_up)
        return url

    def setUp(self):
        super().setUp()
        self.http_request_allow_all = True  # it calls back without the cookie of a test
        self.env["ir.config_parameter"].set_param("sire_base.public_url", self.base_url())

    @staticmethod
    def wait_until(condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("waited too long")
            time.sleep(0.05)

    def wait_for_events(self, domain, is_there=bool, **options):
        """Wait for what is posted to us, and handle it. The server of a test answers only while the test lets it.

        :param domain: of ``sire.webhook.event``
        :param is_there: called with the events so far, whether these are all
        :param options: of ``process_webhooks``
        :return: the events, handled
        """
        inbox = self.env["sire.webhook.event"]

        def has_come():
            with self.allow_requests(all_requests=True):
                time.sleep(0.2)
            self.env.invalidate_all()
            return is_there(inbox.search(domain))

        self.wait_until(has_come)
        events = inbox.search(domain)
        self.process_webhooks(**options)
        return events
