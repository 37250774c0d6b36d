from . import res_users_identitycheck
