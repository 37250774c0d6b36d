from . import ir_config_parameter
from . import payment_provider
from . import res_users
from . import res_users_apikeys
