from . import eat, net, phone, text
