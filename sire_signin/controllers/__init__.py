from . import second_factor, sms
