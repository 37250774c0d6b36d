from . import sire_stripe_setup
