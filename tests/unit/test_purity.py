"""The functional core runs where there is no Odoo."""

import sys


def test_tools_do_not_need_odoo():
    assert "odoo" not in sys.modules
