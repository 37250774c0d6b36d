from . import client_page
from . import client_page_files
from . import portal_home
from . import proof_page
from . import sale_portal
from . import statement_page
