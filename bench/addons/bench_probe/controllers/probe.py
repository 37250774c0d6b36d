from odoo import http
from odoo.http import request
from odoo.tools import SQL


class BenchProbe(http.Controller):
    # auth public, no csrf: what a machine posts; the module exists in benchmarks only
    @http.route("/bench/row", type="http", auth="public", methods=["POST"], csrf=False, save_session=False)
    def row(self, **_kwargs):
        """Keep the body in one row by one statement, and answer. Nothing is looked up and no record is made."""
        body = request.httprequest.get_data().decode()
        request.env.cr.execute(SQL("INSERT INTO bench_row (body) VALUES (%s)", body))
        return request.make_json_response({"ResultCode": 0})
