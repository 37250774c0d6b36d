from . import controllers, exceptions, models, utils
from .hooks import post_init_hook, pre_init_hook
