"""Odoo's privacy lookup finds our records and cannot tear holes into the log."""

import json
import re

from ..database_tools import LEDGER, own_database, shell

PREPARE = """
company.collections_mode = "automatic"
ana = customer("ana")
invoices([ana])
env["collections.case"].refresh()
case = env["collections.case"].search([("partner_id", "=", ana.id)])
env["collections.interaction"].create({"case_id": case.id, "text": "Called"})
lookup = env["ir.module.module"].search([("name", "=", "privacy_lookup")])
lookup.button_immediate_install()
env.cr.commit()
"""
LOOK_UP = """
import json
from odoo.exceptions import UserError
person = {"name": "ana", "email": "ana@example.com"}
wizard = env["privacy.lookup.wizard"].create(person)
wizard.action_lookup()
found, refused = set(), set()
for line in wizard.line_ids:
    found.add(line.res_model)
    if line.res_model == "collections.interaction":
        try:
            line.action_unlink()
        except UserError as error:
            refused.add(str(error))
env["collections.interaction"].sudo().search([])._seal(env.company)
row = env["collections.interaction"].search([])
row.sudo()._erase_person()
broken = env["collections.interaction"]._first_broken(env.company)
print("RESULT" + json.dumps([sorted(found), sorted(refused), row.text, broken.id]))
"""


def test_privacy_lookup():
    with own_database() as (env, name):
        shell(env, name, LEDGER, PREPARE)
        output = shell(env, name, LOOK_UP)
    result = re.search(r"^RESULT(.*)$", output, re.MULTILINE)[1]
    found, refused, text, broken = json.loads(result)
    assert "collections.interaction" in found
    assert "Erase Personal Data" in "".join(refused)
    assert (text, broken) == (False, False)
