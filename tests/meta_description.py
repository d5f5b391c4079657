"""Meta's own description of its API, and what it accepts.

Read from beside the project; the project holds no copy. JSON Schema alone cannot
judge it: ``allOf`` there means *these properties together*, with
``additionalProperties: false`` on one part of them; ``discriminator`` names the one
schema that counts. Where the description contradicts its own examples, the examples
win: each such place is in ``CONTRADICTIONS``.
"""

import re
from functools import cache
from pathlib import Path

import yaml

FILE = (
    Path(__file__).resolve().parents[2]
    / "shared"
    / "data"
    / "meta_business_messaging_api_v23.0.yaml"
)
# (schema, what) -> why it is not asked for.
CONTRADICTIONS = {
    (
        "TemplateComponent",
        "index",
    ): "its pattern refuses 0 and 1, its examples use them",
    ("ButtonComponent", "index"): "the same",
    (
        "BaseMessageProperties",
        "inbound",
    ): "inbound messages have neither `to` nor product",
    ("any", "biz_opaque_callback_data"): "documented for all messages, in no schema",
    (
        "InteractiveListReplyContent",
        "description",
    ): "required, and missing in properties",
    ("ErrorObject", "type"): "required, and missing in its own example",
    ("GroupParticipant", "input"): "a string, and a number in its own examples",
}


@cache
def description() -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(FILE.read_text(), Loader=loader)


@cache
def request_schema(path: str, method: str = "post") -> dict:
    body = description()["paths"][path][method]["requestBody"]
    return body["content"]["application/json"]["schema"]


@cache
def examples(path: str, method: str = "post") -> dict:
    body = description()["paths"][path][method]["requestBody"]
    found = body["content"]["application/json"]["examples"]
    return {name: row["value"] for name, row in found.items()}


def parameters(path: str, method: str) -> set[str]:
    """Return the names that may follow the question mark of an address."""
    item = description()["paths"][path]
    rows = [*item.get("parameters", []), *item[method].get("parameters", [])]
    rows = [_resolved(row) for row in rows]
    return {row["name"] for row in rows if row["in"] == "query"}


def form_parts(path: str, method: str) -> set[str]:
    """Return the names of the parts of a form; none where it is JSON."""
    body = description()["paths"][path][method].get("requestBody", {"content": {}})
    form = body["content"].get("multipart/form-data", {"schema": {}})
    return set(form["schema"].get("properties", {}))


def properties(name: str) -> set[str]:
    """Return what a schema of answers has."""
    return set(description()["components"]["schemas"][name]["properties"])


def complaints(value, schema, path="$", inbound=False) -> list[str]:
    """Return what in ``value`` the description does not allow."""
    return list(_Judge(inbound).judge(value, schema, path))


MESSAGES = "/{Version}/{Phone-Number-ID}/messages"
TEMPLATES = "/{Version}/{WABA-ID}/message_templates"
TEMPLATE = "/{Version}/{TEMPLATE_ID}"
_PATHS = {"messages": MESSAGES, "message_templates": TEMPLATES}


def complaints_about(requests) -> list[str]:
    """Return what in bodies that came to the simulated side is not allowed.

    :param requests: method, path and body of each
    """
    found = []
    for method, path, body in requests:
        schema = request_schema(_PATHS.get(path.rpartition("/")[2], TEMPLATE))
        said = complaints(_with_number(body), schema)
        found += [f"{method} {path}: {text}" for text in said]
    return found


def _with_number(body: dict) -> dict:
    """Who hides the number is in ``recipient``, which is newer than the description."""
    if "recipient" not in body:
        return body
    return {**{k: v for k, v in body.items() if k != "recipient"}, "to": "1"}


class _Judge:
    TYPES = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "number": (int, float),
        "integer": int,
    }

    def __init__(self, inbound):
        self.inbound = inbound

    def judge(self, value, schema, path):
        schema = self._flat(schema, value)
        if schema.get("oneOf") and not schema.get("properties"):
            yield from self._one_of(value, schema, path)
            return
        kind = schema.get("type") or ("object" if "properties" in schema else None)
        if kind and not isinstance(value, self.TYPES[kind]):
            yield f"{path}: not {kind}"
            return
        yield from self._facets(value, schema, path)
        if isinstance(value, dict):
            yield from self._object(value, schema, path)
            if schema.get("oneOf"):
                yield from self._one_of(value, schema, path)
        elif isinstance(value, list):
            for index, row in enumerate(value):
                yield from self.judge(row, schema.get("items", {}), f"{path}[{index}]")

    def _facets(self, value, schema, path):
        if "enum" in schema and value not in schema["enum"]:
            yield f"{path}: {value!r} is none of {schema['enum']}"
        if isinstance(value, str) and len(value) > schema.get("maxLength", 10**9):
            yield f"{path}: longer than {schema['maxLength']}"
        pattern = schema.get("pattern")
        judged = pattern and isinstance(value, str) and not path.endswith(".index")
        if judged and not re.search(pattern, value):
            yield f"{path}: {value!r} is not {pattern}"
        least, most = schema.get("minItems", 0), schema.get("maxItems", 999)
        if isinstance(value, list) and not least <= len(value) <= most:
            yield f"{path}: {len(value)} rows"

    def _object(self, value, schema, path):
        properties = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value and not self._forgiven(name):
                yield f"{path}: {name} is missing"
        closed = schema.get("additionalProperties") is False
        for name, part in value.items():
            if name in properties:
                yield from self.judge(part, properties[name], f"{path}.{name}")
            elif closed and not self.inbound and name != "biz_opaque_callback_data":
                yield f"{path}: {name} is not known"

    def _forgiven(self, name):
        outer = {"messaging_product", "recipient_type", "to", "type"}
        return self.inbound and name in outer

    def _one_of(self, value, schema, path):
        """One alternative must do; say what the nearest complains about."""
        found = [list(self.judge(value, part, path)) for part in schema["oneOf"]]
        best = min(found, key=len)
        if best:
            yield from best

    def _flat(self, schema, value):
        """Resolve references, discriminators and what belongs together."""
        while "$ref" in schema:
            schema = self._resolve(schema["$ref"])
        chosen = self._chosen(schema, value)
        if chosen:
            return self._flat(chosen, value)
        if "allOf" not in schema:
            return schema
        merged = {"type": "object", "properties": {}, "required": []}
        parts = [self._flat(self._shallow(part), None) for part in schema["allOf"]]
        for part in parts:
            merged["properties"] |= part.get("properties", {})
            merged["required"] += part.get("required", [])
            if part.get("additionalProperties") is False:
                merged["additionalProperties"] = False
            if "oneOf" in part:
                merged["oneOf"] = part["oneOf"]
        return merged

    def _shallow(self, part):
        """A part of a whole is not chosen again by its own discriminator."""
        while "$ref" in part:
            part = self._resolve(part["$ref"])
        return {name: row for name, row in part.items() if name != "discriminator"}

    def _chosen(self, schema, value):
        switch = schema.get("discriminator")
        if not switch or not isinstance(value, dict):
            return None
        reference = switch["mapping"].get(value.get(switch["propertyName"]))
        return self._resolve(reference) if reference else None

    def _resolve(self, reference):
        return _found(reference)


def _found(reference: str):
    found = description()
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def _resolved(row: dict) -> dict:
    return _found(row["$ref"]) if "$ref" in row else row
