"""What downloads share: arguments checked, errors as their status, no caching."""

from werkzeug.exceptions import BadRequest, Forbidden

from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def integers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def only(options, known) -> None:
    """Refuse what is not known; Odoo's own page sends a token with every download."""
    options.pop("token", None)
    if unknown := options.keys() - known:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")


def answer(model, method, arguments_of, content_type, name):
    """Return the file that a method makes.

    The first company asked for is the current one, if the user has it.

    :param arguments_of: returns the arguments of the method, or raises ValueError
    """
    try:
        arguments = arguments_of()
        if companies := arguments.get("company_ids"):
            model = model.with_context(allowed_company_ids=_allowed(companies))
        content = getattr(model, method)(**arguments)
    except AccessError as error:
        raise Forbidden(str(error)) from error
    except (UserError, ValueError) as error:
        raise BadRequest(str(error)) from error
    return request.make_response(
        content,
        headers=[
            ("Content-Type", content_type),
            ("Content-Disposition", content_disposition(name)),
            ("Cache-Control", "no-store"),
        ],
    )


def _allowed(company_ids) -> list[int]:
    own = request.env.user.company_ids.ids
    return [company for company in company_ids if company in own] or own[:1]
