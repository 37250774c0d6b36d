"""Work in a database transaction of its own, as jobs and the threads that send do."""

import random
import time

from odoo import SUPERUSER_ID, api
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

TRIES = 8


def run(registry, model, record_id, func):
    """Run ``func(record)`` as superuser on a cursor of its own and commit; repeat it when somebody was faster.

    :param str model: name of the record's model
    :return: what func returns
    """
    for tries_left in reversed(range(TRIES)):
        try:
            with registry.cursor() as cr:
                return func(api.Environment(cr, SUPERUSER_ID, {})[model].browse(record_id))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if not tries_left:
                raise
            time.sleep(random.uniform(0.01, 0.2))
