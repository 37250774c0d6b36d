from . import ir_config_parameter, payment_provider, res_users, res_users_apikeys
