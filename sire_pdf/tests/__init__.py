from . import test_print_server
