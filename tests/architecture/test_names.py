"""One model per file, and nothing of ours that could collide with others."""

import ast

import pytest

from .tree import ADDONS, ROOT, assert_none, parse, where

pytestmark = pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
PREFIX = "collections"


def _models(addon):
    """(path, class, model names it defines or extends) of models and wizards."""
    for folder in ("models", "wizard", "report"):
        for path in sorted((addon / folder).glob("*.py")):
            for node in parse(path).body:
                if isinstance(node, ast.ClassDef) and (names := _attributes(node)):
                    yield path, node, names


def _attributes(node: ast.ClassDef) -> dict[str, list[str]]:
    found = {}
    for part in node.body:
        name = ast.unparse(part.targets[0]) if isinstance(part, ast.Assign) else ""
        if name in {"_name", "_inherit"}:
            value = ast.literal_eval(part.value)
            found[name] = [value] if isinstance(value, str) else value
    return found


def _model(names: dict[str, list[str]]) -> str:
    return (names.get("_name") or names["_inherit"])[0]


def test_files_are_named_after_their_model(addon):
    """An extension may leave out the end of a long name, as Odoo's own files do."""
    wrong = [
        f"{where(path, node.lineno)}: {_model(names)}"
        for path, node, names in _models(addon)
        if path.stem != (name := _model(names).replace(".", "_"))
        and ("_name" in names or not name.startswith(path.stem))
    ]
    assert_none(wrong)


def test_one_model_per_file(addon):
    files = [path for path, _node, _names in _models(addon)]
    assert_none(
        {str(path.relative_to(ROOT)) for path in files if files.count(path) > 1}
    )


def test_own_models_have_our_prefix(addon):
    wrong = [
        f"{where(path, node.lineno)}: {names['_name'][0]}"
        for path, node, names in _models(addon)
        if "_name" in names
        and not _is_ours(names["_name"][0])
        and "_inherit" not in names
    ]
    assert_none(wrong)


def test_fields_on_models_of_others_have_our_prefix(addon):
    wrong = [
        f"{where(path, part.lineno)}: {part.targets[0].id} on {_model(names)}"
        for path, node, names in _models(addon)
        if not _is_ours(_model(names))
        for part in node.body
        if _is_new_field(part) and not part.targets[0].id.startswith(f"{PREFIX}_")
    ]
    assert_none(wrong)


def _is_ours(model: str) -> bool:
    return model == PREFIX or model.startswith(f"{PREFIX}.")


def _is_new_field(part: ast.stmt) -> bool:
    """Whether a statement declares a field, rather than extending one."""
    if not (isinstance(part, ast.Assign) and isinstance(part.value, ast.Call)):
        return False
    call = part.value
    extends = {keyword.arg for keyword in call.keywords} & {"selection_add", "ondelete"}
    return ast.unparse(call.func).startswith("fields.") and not (
        extends
        and "comodel_name" not in {keyword.arg for keyword in call.keywords}
        and not call.args
    )
