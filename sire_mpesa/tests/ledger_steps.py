"""What can happen to payments by M-Pesa, for hypothesis to choose from."""

import os

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("SIRE_MPESA_EXAMPLES", "15"))
SEED = os.environ.get("SIRE_MPESA_SEED")  # a number: other examples than the usual ones
AMOUNTS = (100, 300)  # few, so that payments look alike
ENDINGS = st.lists(st.sampled_from(["callback", "confirm", "both", "query"]), min_size=4, max_size=4)
WHICH = st.integers(0, 3)  # prompts and payments are named by their place, modulo how many there are

STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(AMOUNTS), st.sampled_from(["accepted", "lost", "refused"])),
    st.tuples(st.just("answer"), WHICH, st.sampled_from(["0", "0", "0", "1032", "2001"])),
    st.tuples(st.just("callback"), WHICH, st.sampled_from(["once", "twice", "bare"])),
    st.tuples(st.just("forge"), WHICH, st.sampled_from(["paid", "amount", "ids", "failed"])),
    st.tuples(st.just("confirm"), WHICH, st.sampled_from(["once", "twice"])),
    st.tuples(st.just("type"), st.sampled_from(AMOUNTS), st.sampled_from(["prompt", "other", "unknown"])),
    st.tuples(st.just("type"), st.just(100), st.just("same phone")),  # looks like the payment of a prompt
    st.tuples(st.just("contradict"), WHICH, st.just("")),
    st.tuples(st.just("pass"), st.sampled_from([30, 30, 200]), st.just("")),
    st.tuples(st.just("work"), st.just(0), st.just("")),
    st.tuples(st.just("crash"), st.just(0), st.just("")),
    st.tuples(st.just("die"), st.just(0), st.just("")),
    st.tuples(st.just("cash"), st.sampled_from(AMOUNTS), st.just("")),
    st.tuples(st.just("card"), st.sampled_from(AMOUNTS), st.just("")),
    st.tuples(st.just("charge"), WHICH, st.sampled_from(["done", "cancel", "error"])),
    st.tuples(st.just("void"), WHICH, st.sampled_from(["draft", "cancel", "credit"])),
    st.tuples(st.just("assign"), WHICH, st.just("")),
    st.tuples(st.just("take_back"), WHICH, st.just("")),
    st.tuples(st.just("claim"), WHICH, st.just("")),
)

# Equal prompts of one phone, of which some have no number here, and reports that name no receipt or no prompt.
TWINS = st.one_of(
    st.tuples(st.just("ask"), st.just(100), st.sampled_from(["accepted", "lost"])),
    st.tuples(st.just("answer"), WHICH, st.sampled_from(["0", "0", "1032"])),
    st.tuples(st.just("callback"), WHICH, st.sampled_from(["once", "bare", "bare"])),
    st.tuples(st.just("confirm"), WHICH, st.just("once")),
    st.tuples(st.just("confirm"), WHICH, st.just("once")),
    st.tuples(st.just("type"), st.just(100), st.just("same phone")),
    st.tuples(st.just("forge"), WHICH, st.just("failed")),
    st.tuples(st.just("pass"), st.sampled_from([10, 30, 100, 200]), st.just("")),
    st.tuples(st.just("pass"), st.sampled_from([10, 30, 100, 200]), st.just("")),
    st.tuples(st.just("work"), st.just(0), st.just("")),
    st.tuples(st.just("work"), st.just(0), st.just("")),
    st.tuples(st.just("crash"), st.just(0), st.just("")),
    st.tuples(st.just("take_back"), WHICH, st.just("")),
)

# Refunds by Safaricom's reversal join here: a step of theirs with its method `do_…`, which adds to `given_back`.


def searched(test):
    """Have hypothesis look for examples: the same ones each time, unless a seed is given."""
    test = settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not SEED,
        database=None,
        # Each step writes entries: making a failure shorter takes longer than reading it.
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(test)
    return seed(int(SEED))(test) if SEED else test
