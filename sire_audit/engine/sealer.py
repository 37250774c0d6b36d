"""Chaining what is committed.

Entries are written unchained, by as many transactions at once as there are: none waits for another. Afterwards they get their
number and hash, in groups, in a short transaction of its own that one process at a time has.
"""

import logging
import threading
import time

import psycopg2
from psycopg2.extras import execute_values

from odoo import modules

from ..tools import audit_chain as chain

_logger = logging.getLogger(__name__)
GROUP = 2000  # entries at once
PAUSE = 0.5  # seconds in which entries come together
IDLE = 60  # seconds after which the thread of a process ends
CHOSEN = ", ".join(f'"{column}"' for column in chain.COLUMNS)


def seal(pg, limit=GROUP, clock=None):
    """Chain what is committed and not chained yet, oldest first. The caller commits.

    :param pg: a cursor of psycopg2, at the start of its transaction: the lock has to come before the snapshot
    :param int limit: entries at most
    :param clock: SQL of the time in UTC, for tests
    :return: how many were chained; when it is ``limit`` there may be more
    """
    pg.execute("LOCK TABLE sire_audit_checkpoint IN SHARE UPDATE EXCLUSIVE MODE")
    pg.execute(f"SELECT ({clock or 'clock_timestamp()'}) AT TIME ZONE 'utc'")
    (now,) = pg.fetchone()
    pg.execute("SELECT seq, hash FROM sire_audit_entry WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1")
    seq, previous = pg.fetchone() or (0, chain.START)
    pg.execute(f"SELECT {CHOSEN} FROM sire_audit_entry WHERE seq IS NULL ORDER BY id LIMIT %s", (limit,))
    sealed = []
    for row in pg.fetchall():
        seq += 1
        entry = dict(zip(chain.COLUMNS, row, strict=True), seq=seq, sealed_at=now)
        previous = chain.chained(previous, chain.digest(chain.body(entry)))
        sealed.append((entry["id"], seq, now, previous))
    if sealed:
        execute_values(
            pg,
            """UPDATE sire_audit_entry e SET seq = s.seq, sealed_at = s.at, hash = s.hash
                 FROM (VALUES %s) AS s (id, seq, at, hash) WHERE e.id = s.id""",
            sealed,
            template="(%s, %s, %s::timestamp, %s)",
            page_size=GROUP,
        )
    return len(sealed)


def seal_all(connect):
    """Chain everything that is committed.

    :param connect: gives a context manager of a fresh cursor that commits at its end
    :return: how many entries
    """
    total = 0
    while True:
        with connect() as pg:
            # a seal that is lost with the power is made again
            pg.execute("SET LOCAL synchronous_commit = off")
            pg.execute("SET LOCAL lock_timeout = '10s'")
            done = seal(pg)
        total += done
        if done < GROUP:
            return total


class Sealer:
    """A thread of this process that chains what its transactions committed; it starts and ends by itself."""

    def __init__(self):
        self._lock = threading.Lock()
        self._threads = {}

    def wake(self, name, connect):
        """Something was committed.

        :param str name: of the database
        :param connect: see :func:`seal_all`
        """
        with self._lock:
            thread, event = self._threads.get(name, (None, None))
            if thread is None or not thread.is_alive():
                event = threading.Event()
                thread = threading.Thread(
                    target=self._run, args=(name, connect, event), name=f"sire_audit.sealer.{name}", daemon=True
                )
                self._threads[name] = (thread, event)
                event.set()
                thread.start()
            else:
                event.set()

    def _run(self, name, connect, event):
        while True:
            if not event.wait(IDLE):
                with self._lock:
                    if not event.is_set():
                        self._threads.pop(name, None)
                        return
            time.sleep(PAUSE)
            event.clear()
            try:
                seal_all(connect)
            except psycopg2.Error as error:
                # the next commit, or the job, does it
                _logger.info("Sealing the audit log of %s was put off: %s", name, error)


SEALER = Sealer()


def after_commit(cr, registry):
    """Have this process chain what the transaction writes, soon after it is committed.

    :param cr: of that transaction
    """
    if "sire_audit" in cr.postcommit.data or modules.module.current_test:
        return  # tests chain when they want to
    cr.postcommit.data["sire_audit"] = True
    cr.postcommit.add(lambda: SEALER.wake(registry.db_name, registry.cursor))
