"""Opening databases with Odoo's registry, as scripts and the bench need it."""

import contextlib
import warnings
from collections.abc import Iterator

import psycopg2

import odoo
from odoo import api
from odoo.modules.registry import Registry
from odoo.sql_db import connection_info_for


def configure(*options: str) -> None:
    """Read Odoo's configuration once; warnings and errors go to standard error."""
    odoo.tools.config.parse_config(
        ["--log-level=warn", "--no-http", *options], setup_logging=True
    )
    warnings.simplefilter("ignore")


@contextlib.contextmanager
def environment(
    database: str, uid: int = api.SUPERUSER_ID
) -> Iterator[api.Environment]:
    """An environment on ``database``; what was not committed is rolled back."""
    with Registry(database).cursor() as cr:
        try:
            yield api.Environment(cr, uid, {"tracking_disable": True})
        finally:
            cr.rollback()


@contextlib.contextmanager
def connection(database: str, autocommit: bool = False) -> Iterator:
    """A plain psycopg2 connection to ``database``, outside of Odoo's pool."""
    _name, arguments = connection_info_for(database)
    opened = psycopg2.connect(**arguments)
    try:
        opened.autocommit = autocommit
        yield opened
    finally:
        opened.close()
