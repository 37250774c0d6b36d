from . import passage, ticks
