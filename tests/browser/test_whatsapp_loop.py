"""The whole conversation as two people see it: the customer's telephone, and Odoo.

A real server, its scheduled actions, the simulated WhatsApp and two browsers. The
pictures are kept where ``WHATSAPP_PICTURES`` says.
"""

import io
import json
import os
import time
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image

from inside.browser import Browser
from inside.screenshots import DESKTOP, PHONE, log_in

from ..database_tools import LEDGER, own_database, shell
from ..whatsapp_simulator import Behaviour, running
from ..whatsapp_simulator.server import SECRET
from ..whatsapp_world import CONNECT, REMIND, Workers

PICTURES = os.environ.get("WHATSAPP_PICTURES")
PATIENCE = 90  # seconds until something is seen
LANGUAGES = {"carla": "en_US", "carlos": "es_419"}
TELEPHONE = (900, 800)
PEOPLE = f"""
modules = env["ir.module.module"].search([("name", "like", "collections_"),
                                          ("state", "=", "installed")])
for login, lang in {LANGUAGES!r}.items():
    env["res.lang"]._activate_lang(lang)
    modules._update_translations([lang])
    env["res.users"].create({{
        "name": login.title(), "login": login, "password": login, "lang": lang,
        "company_id": company.id, "company_ids": [(6, 0, company.ids)],
        "group_ids": [(4, env.ref("collections_management.group_collector").id)],
    }})
people.lang = "en_US"
env.cr.commit()
"""
# Press the last button with these words; whether there was one.
PRESS = """(() => {{
    const found = [...document.querySelectorAll('.m .b')]
        .filter((node) => node.textContent.trim() === {words}).pop();
    found?.click();
    return Boolean(found);
}})()"""
SAYS = "document.getElementById('talk').innerText.includes({words})"
CHOOSE = """(() => {{
    const found = document.querySelectorAll('#people button')[{number}];
    found?.click();
    return Boolean(found);
}})()"""
SLIP = """(() => {{
    const raw = Uint8Array.from(atob({content}), (char) => char.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([raw], 'slip.jpg', {{type: 'image/jpeg'}}));
    document.getElementById('file').files = files.files;
    document.getElementById('form').requestSubmit();
    return true;
}})()"""
BUBBLES = """document.querySelector('.o_collections_whatsapp_messages')
    ?.innerText.includes({words}) || false"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    behaviour = Behaviour(receipts=(0.1, 0.3, None))
    with own_database() as (env, name), running(behaviour) as simulator:
        values = f"URL = {simulator.url!r}\nCOUNT = 2\n"
        shell(env, name, LEDGER, values, CONNECT, REMIND, PEOPLE)
        workers = Workers(env, name, tmp_path_factory.mktemp("whatsapp"))
        workers.simulator = simulator
        workers.pictures = Path(PICTURES or tmp_path_factory.mktemp("pictures"))
        workers.pictures.mkdir(parents=True, exist_ok=True)
        simulator.postman.point(f"{workers.url}/collections/whatsapp/webhook", SECRET)
        try:
            workers.start(0)
            workers.until(workers.answers, 60)
            workers.until(lambda: _told(workers) == ["delivered"] * 2, PATIENCE)
            with Browser(simulator.url, *TELEPHONE) as telephone:
                telephone.open("/")
                yield workers, telephone
        finally:
            workers.stop()


def _told(workers):
    rows = workers.rows("SELECT state FROM collections_reminder WHERE kind = 'dunning'")
    return sorted(state for (state,) in rows)


def _until(workers, condition):
    """Let the scheduled actions work until something is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        workers.wake()
        time.sleep(0.5)
    raise AssertionError(f"not seen; {workers.log.read_text()[-2000:]}")


def _see(workers, browser, code, **values):
    code = code.format(**{name: json.dumps(value) for name, value in values.items()})
    return _until(workers, lambda: browser.run(code) is True)


def _promises(workers, kind):
    return workers.rows(
        """SELECT promise.case_id, promise.state, promise.slip_id IS NOT NULL
             FROM collections_promise promise WHERE kind = %s""",
        kind,
    )


def _look(world, browser, name):
    browser.settle()
    path = world[0].pictures / f"{name}.png"
    path.write_bytes(browser.picture())


def _conversation(world, login, case, words):
    """Look at the case as a collector; for pictures on a telephone too."""
    workers, _telephone = world
    for device in ("screen", "phone") if PICTURES else ("screen",):
        size = PHONE if device == "phone" else DESKTOP
        with Browser(workers.url, *size, phone=device == "phone") as browser:
            _until(workers, lambda browser=browser: log_in(browser, login, login))
            browser.open(f"/odoo/collections/{case}")
            tab = "document.querySelector('.o_notebook a[name=whatsapp]')"
            _see(workers, browser, f"Boolean({tab})")
            browser.run(f"{tab}.click()")
            for text in words:
                _see(workers, browser, BUBBLES, words=text)
            box = "document.querySelector('.o_collections_whatsapp')"
            browser.run(f"{box}.scrollIntoView()")
            _look(world, browser, f"case_{case}_{login}_{device}")


def test_i_promise_to_pay(world):
    """Reminder, delivered, read, the button, the day, the promise on the case."""
    workers, telephone = world
    _see(workers, telephone, CHOOSE, number=0)
    _see(workers, telephone, PRESS, words="I promise to pay")
    _until(workers, lambda: "read" in _told(workers))
    _see(workers, telephone, SAYS, words="By when will you pay?")
    days = "document.querySelectorAll('.m:last-child button.b').length"
    _until(workers, lambda: telephone.run(days))
    telephone.run("document.querySelector('.m:last-child button.b').click()")
    _until(workers, lambda: _promises(workers, "promise"))
    _see(workers, telephone, SAYS, words="Noted: you will pay by")
    _look(world, telephone, "telephone_promise")
    [(case, state, _slip)] = _promises(workers, "promise")
    assert state == "open"
    for login in LANGUAGES:
        _conversation(
            world, login, case, ["I promise to pay", "Noted: you will pay by"]
        )


def test_i_have_paid_and_a_photo(world):
    """The button, the photo of the slip, the payment notice with it."""
    workers, telephone = world
    _see(workers, telephone, CHOOSE, number=1)
    _see(workers, telephone, PRESS, words="I have paid")
    _see(workers, telephone, SAYS, words="photo or PDF of the payment slip")
    photo = io.BytesIO()
    Image.new("RGB", (480, 300), "#dfeee0").save(photo, "JPEG")
    content = b64encode(photo.getvalue()).decode()
    telephone.run(SLIP.format(content=json.dumps(content)))
    _until(
        workers, lambda: any(slip for *_rest, slip in _promises(workers, "reported"))
    )
    _look(world, telephone, "telephone_paid")
    [(case, state, slip)] = _promises(workers, "reported")
    assert (state, slip) == ("open", True)
    labels = {"carla": "Slip of a payment", "carlos": "Comprobante de pago"}
    for login, label in labels.items():
        _conversation(world, login, case, ["I have paid", label])
