"""The demo database of ./setup/run: made, brought up to date, made harmless."""

from . import database, locks, sources
from .console import say, step
from .environment import Environment
from .errors import SetupError
from .paths import ADDONS

# Login (and password), and what that person is. The demo data makes them.
PEOPLE = (
    ("accountant", "accountant"),
    ("collector", "collector"),
    ("salesperson", "salesperson"),
    ("supervisor", "collections supervisor"),
    ("portal", "customer, on the portal"),
    ("admin", "administrator"),
)
# Scheduled actions of Odoo that tell its maker about this installation.
CALLS_HOME = (("mail", "ir_cron_module_update_notification"),)


def prepare(env: Environment, name: str, *, reset: bool, demo: bool) -> None:
    """Create the database ``name`` or bring its addons up to the sources."""
    if reset:
        with step(f"Database {name}: dropping"):
            database.drop(env, name)
    if not database.exists(env, name):
        _create(env, name, demo=demo)
    else:
        _update(env, name)
    sources.remember(name)
    _silence(env, name)


def _create(env: Environment, name: str, *, demo: bool) -> None:
    if demo:
        template = database.demo_template(env)[0]
        with step(f"Database {name}: copying"):
            database.create(env, name, template)
        return
    with locks.hold("database"), step(f"Database {name}: creating, without demo data"):
        modules = [path.name for path in ADDONS] or database.dependencies()
        database.build(env, name, modules, languages=database.LANGUAGES)


def print_people(env: Environment, name: str, url: str) -> None:
    logins = {
        login for [login] in database.query(env, name, "SELECT login FROM res_users")
    }
    say(f"\nOdoo: {url}  (database {name})")
    for login, role in PEOPLE:
        if login in logins:
            say(f"  {login:<12} password {login:<12} {role}")


def _update(env: Environment, name: str) -> None:
    if not database.query(env, name, "SELECT to_regclass('ir_module_module')")[0][0]:
        raise SetupError(f"database {name} is not an Odoo database")
    changed = sources.changed(name)
    rows = database.query(
        env, name, "SELECT name FROM ir_module_module WHERE state = 'installed'"
    )
    installed = {module for [module] in rows}
    new = [module for module in changed if module not in installed]
    if changed:
        with step(f"Database {name}: updating {', '.join(changed)}"):
            update = [module for module in changed if module in installed]
            if update:
                database.install(env, name, update, update=True)
            if new:
                database.install(env, name, new)


def answer_at(env: Environment, name: str, url: str) -> None:
    """Links in messages, and the styles of a PDF, come from where it runs."""
    database.query(
        env,
        name,
        f"UPDATE ir_config_parameter SET value = '{url}' WHERE key = 'web.base.url'"  # noqa: S608
        " AND NOT EXISTS (SELECT FROM ir_config_parameter WHERE key ="
        " 'web.base.url.freeze')",
    )


def _silence(env: Environment, name: str) -> None:
    for module, xml_id in CALLS_HOME:
        database.query(
            env,
            name,
            "UPDATE ir_cron SET active = FALSE WHERE active AND id IN (SELECT res_id"  # noqa: S608
            f" FROM ir_model_data WHERE module = '{module}' AND name = '{xml_id}')",
        )
