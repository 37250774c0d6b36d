from . import eat, net, phone, reason, text
