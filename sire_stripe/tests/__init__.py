from . import test_events, test_forms, test_money, test_property, test_races, test_routes, test_stand_in
