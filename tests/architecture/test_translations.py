"""What is to be translated is found by those who collect the terms."""

import ast

from .tree import ADDONS, parse, python_files


def test_the_translating_function_has_no_other_name():
    """Under another name (``say = self.env._``) its terms are in no file of terms."""
    renamed = [
        f"{path}:{node.lineno}"
        for addon in ADDONS
        for path in python_files(addon)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "_"
    ]
    assert not renamed, f"call self.env._ by its own name: {', '.join(renamed)}"
