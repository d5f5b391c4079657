"""The one place that talks to WhatsApp's Graph API.

Nothing is ever repeated here. An answer is certain, whichever; a broken line or
silence after a message was handed over is not: it is UNKNOWN, and the caller waits
for a status webhook that carries our own id.
"""

import logging
import re
import threading
from typing import Any, NamedTuple

import requests

from .errors import BLOCK, RETRY, UNKNOWN, Problem, classify

_logger = logging.getLogger(__name__)

DEFAULT_BASE = "https://graph.facebook.com"
DEFAULT_VERSION = "v25.0"
# Seconds to connect, and again to wait for an answer.
TIMEOUT = 20.0
LARGEST_MEDIA = 16 * 1024 * 1024
_SECRET = re.compile(
    r"EAA\w{8,}|(?<=Bearer )\S+|(?<=OAuth )\S+|(?<=access_token=)[^&\s]+"
)


class ApiError(Exception):
    """WhatsApp refused, or nobody knows what it did.

    :ivar problem: class, code and words of the other side
    """

    def __init__(self, problem: Problem):
        super().__init__(problem.text)
        self.problem = problem


class Media(NamedTuple):
    """A file that a customer sent."""

    content: bytes
    mime: str


class Sent(NamedTuple):
    """What WhatsApp answered to a message."""

    wamid: str
    wa_id: str


def mask(text: str) -> str:
    """Return a text without the tokens in it.

    >>> mask("Bearer EAAGabcdefgh1234")
    'Bearer ***'
    """
    return _SECRET.sub("***", text)


class GraphClient:
    """A number of one business account. Several threads may use it at once."""

    def __init__(
        self,
        token: str,
        phone_number_id: str,
        waba_id: str,
        *,
        version: str = DEFAULT_VERSION,
        base: str = DEFAULT_BASE,
        timeout: float = TIMEOUT,
    ):
        self._token = token
        self._number = phone_number_id
        self._waba = waba_id
        self._root = f"{base.rstrip('/')}/{version}"
        self._timeout = timeout
        self._local = threading.local()

    # === MESSAGES === #

    def send(self, message: dict) -> Sent:
        """Hand one message over.

        :raise ApiError: with the class UNKNOWN where it may have gone out
        """
        answer = self._call("POST", f"{self._number}/messages", json=message)
        try:
            [row] = answer["messages"]
            contact = next(iter(answer.get("contacts") or []), {})
            return Sent(str(row["id"]), str(contact.get("wa_id") or ""))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            text = "the answer names no message"
            raise ApiError(Problem(UNKNOWN, 0, text)) from error

    # === MEDIA === #

    def upload(self, content: bytes, mime: str, name: str) -> str:
        """Upload a file for a message; return its media id."""
        answer = self._call(
            "POST",
            f"{self._number}/media",
            data={"messaging_product": "whatsapp", "type": mime},
            files={"file": (name, content, mime)},
        )
        return str(answer.get("id") or "")

    def download(self, media_id: str, largest: int = LARGEST_MEDIA) -> Media:
        """Fetch a file that a customer sent.

        :raise ApiError: BLOCK if it is larger than ``largest`` bytes
        """
        about = self._call("GET", media_id)
        url, mime = str(about.get("url") or ""), str(about.get("mime_type") or "")
        if int(about.get("file_size") or 0) > largest:
            raise ApiError(Problem(BLOCK, 0, "the file is too large"))
        response = self._request("GET", url, stream=True)
        with response:
            self._raise_for(response)
            content = bytearray()
            for part in response.iter_content(65536):
                content += part
                if len(content) > largest:
                    raise ApiError(Problem(BLOCK, 0, "the file is too large"))
        return Media(bytes(content), mime)

    # === SET-UP === #

    def phone_number(self) -> dict:
        """Return what WhatsApp knows about the number."""
        fields = "display_phone_number,verified_name,quality_rating"
        return self._call("GET", self._number, params={"fields": fields})

    def messaging_limit(self) -> str:
        """Return the tier of people a day, as WhatsApp writes it; empty: not told.

        Asked by itself: versions that do not know the field refuse the whole answer.
        """
        field = "whatsapp_business_manager_messaging_limit"
        try:
            answer = self._call("GET", self._number, params={"fields": field})
        except ApiError:
            return ""
        return str(answer.get(field) or "")

    def numbers(self) -> list[dict]:
        """Return the numbers of the business account."""
        return list(self._call("GET", f"{self._waba}/phone_numbers").get("data") or [])

    def subscriptions(self) -> list[dict]:
        """Return the apps that get the account's webhooks."""
        path = f"{self._waba}/subscribed_apps"
        return list(self._call("GET", path).get("data") or [])

    def subscribe(self) -> None:
        """Ask for the account's webhooks."""
        self._call("POST", f"{self._waba}/subscribed_apps")

    def templates(self) -> list[dict]:
        """Return all templates, over all pages."""
        fields = "id,name,language,status,category,quality_score,rejected_reason"
        found: list[dict] = []
        parameters = {"limit": "100", "fields": f"{fields},components"}
        for _page in range(100):
            answer = self._call(
                "GET", f"{self._waba}/message_templates", params=parameters
            )
            found += answer.get("data") or []
            paging = answer.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if not paging.get("next") or not after:
                break
            parameters["after"] = after
        return found

    def create_template(self, template: dict) -> dict:
        """Submit a template; return its id, status and category."""
        return self._call("POST", f"{self._waba}/message_templates", json=template)

    def edit_template(self, template_id: str, template: dict) -> None:
        """Submit a template again that was rejected or paused."""
        self._call("POST", template_id, json=template)

    def upload_example(self, content: bytes, mime: str, name: str) -> str:
        """Upload the example of a template's header; return its handle.

        By the Resumable Upload API, to the app whose token this is: what
        :meth:`upload` returns is not taken for an example.
        """
        about = {"file_name": name, "file_length": len(content), "file_type": mime}
        app = self._call("GET", "app", params={"fields": "id"}).get("id")
        session = self._call("POST", f"{app}/uploads", params=about).get("id")
        answer = self._call(
            "POST",
            str(session),
            data=content,
            headers={"Authorization": f"OAuth {self._token}", "file_offset": "0"},
        )
        return str(answer.get("h") or "")

    # === THE ONE WAY OUT === #

    def _session(self) -> requests.Session:
        """Return this thread's connection; a session is not safe for several."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            # What the environment says about proxies and .netrc is not for a token.
            self._local.session.trust_env = False
        return self._local.session

    def _request(self, method: str, url: str, **values) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            return self._session().request(
                method,
                url,
                headers=headers | values.pop("headers", {}),
                timeout=self._timeout,
                allow_redirects=False,
                **values,
            )
        except (requests.ConnectTimeout, requests.exceptions.InvalidURL) as error:
            # Not even a connection: nothing went out.
            raise ApiError(Problem(RETRY, 0, mask(str(error)))) from error
        except requests.RequestException as error:
            kind = RETRY if _refused(error) else UNKNOWN
            raise ApiError(Problem(kind, 0, mask(str(error)))) from error

    def _call(self, method: str, path: str, **values) -> dict[str, Any]:
        response = self._request(method, f"{self._root}/{path}", **values)
        self._raise_for(response)
        try:
            answer = response.json()
        except requests.RequestException as error:
            # It was accepted, and we do not know as what.
            raise ApiError(Problem(UNKNOWN, 0, "the answer is not JSON")) from error
        return answer if isinstance(answer, dict) else {}

    def _raise_for(self, response: requests.Response) -> None:
        if response.status_code < 300:
            return
        problem = _problem(response)
        _logger.info(
            "WhatsApp: %s %s (%s)", response.status_code, problem.code, problem.text
        )
        raise ApiError(problem)


def _refused(error: requests.RequestException) -> bool:
    """Tell whether the line was refused before anything could be sent."""
    return "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)


def _problem(response: requests.Response) -> Problem:
    try:
        error = response.json()["error"]
        code = int(error["code"])
    except (requests.RequestException, KeyError, TypeError, ValueError):
        status = response.status_code
        # A proxy's page: nobody knows how far the message came.
        kind = UNKNOWN if status >= 500 else classify(None, status)
        return Problem(kind, 0, f"HTTP {status}")
    details = (error.get("error_data") or {}) if isinstance(error, dict) else {}
    details = details.get("details") if isinstance(details, dict) else details
    text = mask(str(details or error.get("message") or ""))[:500]
    return Problem(classify(code, response.status_code), code, text)
