from . import test_channels, test_doors, test_payable, test_portal, test_races, test_utils
