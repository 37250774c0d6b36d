"""Wait for what is true, never for a while."""

import time

PATIENCE = 60  # seconds, which only pass when something is broken; machines do other things beside


def eventually(look, what, timeout=PATIENCE):
    """Ask again and again until the answer is not empty.

    :param look: function without arguments
    :param str what: said when it never came
    :param float timeout: seconds
    :return: the first answer that is not empty
    :raise AssertionError: nothing came in time
    """
    end = time.monotonic() + timeout
    while True:
        if answer := look():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"Waited {timeout:g} s for {what}")
        time.sleep(0.1)
