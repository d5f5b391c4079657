"""The HTTP server: Graph API below ``/vNN.N/``, the customer's page at ``/``."""

import base64
import contextlib
import json
import re
import socket
import threading
import time
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from . import webhooks
from .behaviour import STATUS, Behaviour
from .world import Call, Refused, World

PAGE = Path(__file__).with_name("page.html")
TOKEN = "simulated-token"
SECRET = "simulated-secret"
APP = "834905671092345"
LARGEST = 64 * 1024 * 1024


class Simulator(ThreadingHTTPServer):
    """Meta's side. ``world`` is what it knows, ``behaviour`` how it behaves."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, behaviour=None, port=0, world=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.behaviour = behaviour or Behaviour()
        self.world = world or World()
        self.postman = webhooks.Postman(self.behaviour)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """A client that went away is no news."""

    # === WHAT HAPPENS TO A MESSAGE === #

    def tell_receipts(self, message):
        code = self.behaviour.later.get(message.person)
        names = ("sent", "failed") if code else ("sent", "delivered", "read")
        for state, after in zip(names, self.behaviour.receipts, strict=False):
            if after is not None:
                self.receipt(message, state, after, code if state == "failed" else None)

    def receipt(self, message, state, after=0.0, code=None):
        message.states.append(state)
        body = webhooks.status(self.world, message, state, code)
        self.postman.tell(body, after)

    # === WHAT HAPPENS TO A TEMPLATE === #

    def review(self, row):
        """Tell what the reviewers decided, where that takes them a while."""
        after = self.behaviour.reviewed_after
        if after is not None:
            row["status"] = "PENDING"
            threading.Timer(after, self.decide, [row, "APPROVED"]).start()

    def decide(self, row, state, reason="NONE"):
        row["status"] = state
        self.postman.tell(webhooks.template(self.world, row, state, reason))

    # === THE CUSTOMER, FOR TESTS AND THE PAGE === #

    def say(self, person, content, number=""):
        message = self.world.say(person, content, number)
        name = self.world.names.get(person, "")
        self.postman.tell(webhooks.inbound(self.world, message, name))
        return message

    def write(self, person, text):
        return self.say(person, {"type": "text", "text": {"body": text}})

    def press(self, person, wamid, button):
        """Press a button of a message that the company sent."""
        context = {"from": self.world.number, "id": wamid}
        if button["kind"] == "interactive":
            reply = {"id": button["id"], "title": button["text"]}
            part = {"type": "button_reply", "button_reply": reply}
            content = {"type": "interactive", "interactive": part}
        else:
            part = {"payload": button["id"], "text": button["text"]}
            content = {"type": "button", "button": part}
        return self.say(person, {"context": context, **content})

    def photo(self, person, content, mime="image/jpeg", caption=""):
        media = self.world.keep_media(content, mime)
        kind = "image" if mime.startswith("image/") else "document"
        part = {"id": media, "mime_type": mime, "sha256": ""}
        if caption:
            part["caption"] = caption
        return self.say(person, {"type": kind, kind: part})

    def close(self):
        self.postman.close()
        self.shutdown()
        self.server_close()


@contextlib.contextmanager
def running(behaviour=None, **values):
    simulator = Simulator(behaviour, **values)
    threading.Thread(
        target=simulator.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    try:
        yield simulator
    finally:
        simulator.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Small answers at once: the delay of the network is ours to choose.
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        """Nothing on the terminal."""

    # === ROUTES === #

    def do_GET(self):
        self._serve(
            (r"/", self._page),
            (r"/_sim/talk", lambda: self._answer(self.server.world.talk())),
            (r"/_sim/log", self._sim_log),
            (r"/_media/(\d+)", self._media_content),
            (r"/v[\d.]+/(\d+)/message_templates", self._templates),
            (r"/v[\d.]+/(\d+)/phone_numbers", self._numbers),
            (r"/v[\d.]+/(\d+)/subscribed_apps", self._apps),
            (r"/v[\d.]+/app", lambda: self._answer({"id": APP})),
            (r"/v[\d.]+/(\d+)", self._node),
        )

    def do_POST(self):
        self._serve(
            (r"/_sim/say", self._sim_say),
            (r"/_sim/read", self._sim_read),
            (r"/_sim/point", self._sim_point),
            (r"/v[\d.]+/(\d+)/messages", self._messages),
            (r"/v[\d.]+/(\d+)/media", self._media),
            (r"/v[\d.]+/(\d+)/message_templates", self._new_template),
            (r"/v[\d.]+/(\d+)/subscribed_apps", self._subscribe),
            (rf"/v[\d.]+/{APP}/uploads", self._upload_session),
            (r"/v[\d.]+/(upload:\d+)", self._upload),
            (r"/v[\d.]+/(\d+)", self._edit_template),
        )

    def _serve(self, *routes):
        parts = urlsplit(self.path)
        self.query = {name: rows[0] for name, rows in parse_qs(parts.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(min(length, LARGEST))
        self.server.world.calls.append(self._call(parts.path))
        for pattern, action in routes:
            if match := re.fullmatch(pattern, parts.path):
                try:
                    self._check_token(parts.path)
                    action(*match.groups())
                except Refused as error:
                    self._refuse(error.code, str(error))
                return
        self._refuse(100, "Unknown path", 404)

    def _call(self, path):
        """Return what a description of the API says something about."""
        names = {
            part.get_param("name", header="content-disposition"): part
            for part in self._parts()
        }
        return Call(self.command, path, self.query, frozenset(names))

    def _parts(self):
        kind = self.headers.get("Content-Type") or ""
        if not kind.startswith("multipart/"):
            return []
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        return list(message_from_bytes(head + self.body, policy=HTTP).iter_parts())

    def _check_token(self, path):
        kind = "OAuth" if "/upload:" in path else "Bearer"
        if path.startswith("/v") and (
            self.headers.get("Authorization") != f"{kind} {TOKEN}"
        ):
            raise Refused(190, "Invalid OAuth access token")

    def _answer(self, payload, status=200):
        body = json.dumps(payload).encode()
        self._raw(body, "application/json", status)

    def _raw(self, body, mime, status=200):
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", mime)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _refuse(self, code, details, status=None):
        error = {
            "message": f"(#{code}) {details}",
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details},
            "fbtrace_id": "simulated",
        }
        self._answer({"error": error}, status or STATUS.get(code, 400))

    def _json(self):
        try:
            payload = json.loads(self.body or b"{}")
        except ValueError as error:
            raise Refused(100, "Invalid JSON") from error
        self.server.world.requests.append((self.command, self.path, payload))
        return payload

    # === MESSAGES === #

    def _messages(self, number):
        payload = self._json()
        behaviour, world = self.server.behaviour, self.server.world
        to = re.sub(r"\D", "", str(payload.get("to", "")))
        to = to or str(payload.get("recipient", ""))
        if behaviour.delay:
            time.sleep(behaviour.delay)
        if number != world.number:
            raise Refused(100, f"Object with ID '{number}' does not exist")
        if (code := behaviour.refusal(number, to)) is not None:
            raise Refused(code, f"Simulated error {code}")
        message = world.accept(number, payload)
        self.server.tell_receipts(message)
        hung = behaviour.chance(behaviour.hung_answers)
        if hung or behaviour.chance(behaviour.lost_answers):
            time.sleep(behaviour.hang if hung else 0)
            self._drop()
            return
        self._answer(
            {
                "messaging_product": "whatsapp",
                "contacts": [self._contact(payload, message)],
                "messages": [{"id": message.wamid, "message_status": "accepted"}],
            }
        )

    def _drop(self):
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _contact(self, payload, message):
        if "recipient" in payload:
            return {"input": payload["recipient"], "user_id": message.person}
        return {"input": payload["to"], "wa_id": message.person}

    # === MEDIA === #

    def _media(self, _number):
        for part in self._parts():
            if part.get_filename():
                content = part.get_payload(decode=True)
                media = self.server.world.keep_media(content, part.get_content_type())
                self._answer({"id": media})
                return
        raise Refused(100, "No file")

    def _media_content(self, media):
        content, mime = self.server.world.media[media]
        self._raw(content, mime)

    def _upload_session(self):
        """Resumable Upload API: what a template's example is uploaded by."""
        for name in ("file_name", "file_length", "file_type"):
            if name not in self.query:
                raise Refused(100, f"{name} is required")
        self._answer({"id": self.server.world.new_id("upload:")})

    def _upload(self, _session):
        if self.headers.get("file_offset") != "0" or not self.body:
            raise Refused(100, "file_offset and content are required")
        self._answer({"h": self.server.world.keep_example(self.body)})

    # === SET-UP === #

    def _node(self, node):
        world = self.server.world
        field = "whatsapp_business_manager_messaging_limit"
        if node == world.number and self.query.get("fields") == field:
            self._answer({field: world.limit, "id": node})
            return
        if node in world.media:
            content, mime = world.media[node]
            url = f"{self.server.url}/_media/{node}"
            size = str(len(content))
            about = {"url": url, "mime_type": mime, "file_size": size, "sha256": ""}
            self._answer({"messaging_product": "whatsapp", "id": node, **about})
        elif node == world.number:
            self._answer(self._number())
        else:
            raise Refused(100, f"Object with ID '{node}' does not exist")

    def _number(self):
        return {
            "id": self.server.world.number,
            "display_phone_number": "+1 555-078-3881",
            "verified_name": "Simulated Business",
            "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED",
            "status": "CONNECTED",
            "throughput": {"level": "STANDARD"},
        }

    def _check_waba(self, waba):
        if waba != self.server.world.waba:
            raise Refused(100, f"Object with ID '{waba}' does not exist")

    def _numbers(self, waba):
        self._check_waba(waba)
        self._answer({"data": [self._number()]})

    def _apps(self, waba):
        self._check_waba(waba)
        app = {"id": "1", "name": "Simulated", "link": self.server.url}
        told = bool(self.server.postman.url)
        self._answer({"data": [{"whatsapp_business_api_data": app}] if told else []})

    def _subscribe(self, waba):
        self._check_waba(waba)
        self._answer({"success": True})

    def _templates(self, waba):
        self._check_waba(waba)
        rows = list(self.server.world.templates.values())
        self._answer({"data": rows, "paging": {"cursors": {"after": ""}}})

    def _new_template(self, waba):
        self._check_waba(waba)
        behaviour = self.server.behaviour
        if behaviour.script.get("template"):
            raise Refused(behaviour.script["template"].pop(0), "Simulated refusal")
        row = self.server.world.add_template(self._json())
        self.server.review(row)
        about = {name: row[name] for name in ("id", "status", "category")}
        self._answer(about)

    def _edit_template(self, template):
        row = self.server.world.edit_template(template, self._json())
        self.server.review(row)
        self._answer({"success": True})

    # === THE PAGE === #

    def _page(self):
        self._raw(PAGE.read_bytes(), "text/html; charset=utf-8")

    def _sim_say(self):
        order = json.loads(self.body)
        person = re.sub(r"\D", "", order["person"])
        if order.get("name"):
            self.server.world.names[person] = order["name"]
        if "button" in order:
            message = self.server.press(person, order["wamid"], order["button"])
        elif "photo" in order:
            content = base64.b64decode(order["photo"])
            message = self.server.photo(person, content, order.get("mime", ""))
        else:
            message = self.server.write(person, order["text"])
        self._answer({"id": message.wamid})

    def _sim_read(self):
        """The customer opens the conversation: all that came is read."""
        person = json.loads(self.body)["person"]
        for message in self.server.world.outgoing():
            if message.person == person and "read" not in message.states:
                self.server.receipt(message, "read")
        self._answer({})

    def _sim_log(self):
        """What a measurement asks: how much came, how long it took, how close."""
        times = sorted(row.at for row in self.server.world.outgoing())
        behaviour = self.server.behaviour
        self._answer(
            {
                "accepted": len(times),
                "seconds": times[-1] - times[0] if times else 0,
                "busiest": behaviour.busiest,
                "refused": behaviour.refused,
            }
        )

    def _sim_point(self):
        order = json.loads(self.body)
        self.server.postman.point(order["url"], order["secret"])
        self._answer({})
