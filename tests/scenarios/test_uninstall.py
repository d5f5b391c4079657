"""Installed, used and uninstalled: accounting is as it was before."""

import psycopg2
import pytest

from ground import database

from ..database_tools import LEDGER, own_database, shell

USE = """
company = env.company
company.collections_mode = "propose"
run = env["collections.run"].run()
assert run.planned_count == 2, run.planned_count
run.action_approve_all()
run.flush()
case = env["collections.case"].search([], limit=1)
case.message_post(body="A note")
case.action_refresh()
reason = env["collections.hold.reason"].search([], limit=1)
env["collections.case.hold"].create(
    {"case_ids": [(6, 0, case.ids)], "reason_id": reason.id}
).action_hold()
env.cr.commit()
"""
UNINSTALL = """
modules = env["ir.module.module"].search(
    [("name", "=like", "collections%"), ("state", "=", "installed")]
)
assert modules
modules.button_immediate_uninstall()
"""
TABLES = """SELECT table_name FROM information_schema.tables
             WHERE table_schema = 'public' AND table_name LIKE 'account\\_%'
               AND table_type = 'BASE TABLE' ORDER BY 1"""
SHAPES = {
    "columns": """SELECT column_name, data_type, is_nullable, column_default
                    FROM information_schema.columns
                   WHERE table_name = %s ORDER BY 1""",
    "indexes": """SELECT indexname, indexdef FROM pg_indexes
                   WHERE tablename = %s ORDER BY 1""",
    "constraints": """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                       WHERE conrelid = %s::regclass ORDER BY 1""",
    "triggers": """SELECT tgname FROM pg_trigger
                    WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY 1""",
}
# All that could be left of us, wherever it is.
LEFTOVERS = {
    "tables": """SELECT table_name FROM information_schema.tables
                  WHERE table_name LIKE '%collections%'""",
    "columns": """SELECT table_name, column_name FROM information_schema.columns
                   WHERE column_name LIKE '%collections%'""",
    "indexes": "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%collections%'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'collections.%'",
    "data": """SELECT name FROM ir_model_data WHERE module LIKE 'collections%'
                  OR model LIKE 'collections.%'""",
    "crons": """SELECT cron_name FROM ir_cron
                 WHERE cron_name LIKE 'Collections%'""",
    "messages": "SELECT id FROM mail_message WHERE model LIKE 'collections.%'",
    "activities": "SELECT id FROM mail_activity WHERE res_model LIKE 'collections.%'",
}


def rows(cursor, statement, *parameters):
    cursor.execute(statement, parameters or None)
    return cursor.fetchall()


def snapshot(env, name):
    """Shape and content of every table of accounting."""
    connection = psycopg2.connect(dbname=name, **database.connect_args(env))
    with connection, connection.cursor() as cursor:
        found = {}
        for (table,) in rows(cursor, TABLES):
            for label, statement in SHAPES.items():
                found[table, label] = rows(cursor, statement, table)
            # By name, so that the order of the columns does not matter. The token of
            # an invoice's portal link is Odoo's: whoever sends a link makes one.
            found[table, "rows"] = rows(
                cursor,
                f"""SELECT count(*), sum(hashtextextended(
                           (to_jsonb(t) - 'access_token')::text, 0))
                      FROM "{table}" t""",
            )
    connection.close()
    return found


@pytest.fixture(scope="module")
def snapshots():
    with own_database(with_addons=False) as (env, name):
        shell(
            env,
            name,
            LEDGER,
            """
            partners = [customer("one"), customer("two")]
            pay(invoices(partners)[0], 40)
            env.cr.commit()
            """,
        )
        before = snapshot(env, name)
        database.install(env, name, ["collections_management"])
        shell(env, name, USE)
        used = snapshot(env, name)
        shell(env, name, UNINSTALL)
        connection = psycopg2.connect(dbname=name, **database.connect_args(env))
        with connection, connection.cursor() as cursor:
            left = {
                label: rows(cursor, statement) for label, statement in LEFTOVERS.items()
            }
        connection.close()
        yield before, used, snapshot(env, name), left


def differences(one, other):
    return {
        key: (one.get(key), other.get(key))
        for key in one.keys() | other.keys()
        if one.get(key) != other.get(key)
    }


def test_accounting_is_as_it_was(snapshots):
    before, _used, after, _left = snapshots
    assert len(before) > 100
    assert differences(before, after) == {}


def test_nothing_of_ours_is_on_accounting_while_installed(snapshots):
    """No column, constraint, trigger or changed row; our indexes only."""
    before, used, _after, _left = snapshots
    changed = differences(before, used)
    assert {label for _table, label in changed} <= {"indexes"}


def test_nothing_is_left(snapshots):
    assert {label: found for label, found in snapshots[3].items() if found} == {}
