"""Files whose columns are known."""

import dataclasses
from pathlib import Path

from .rows import Format


@dataclasses.dataclass(frozen=True)
class Preset:
    """A way to read a file, and where the file is when none is named."""

    form: Format
    path: str


# IBM Watson Analytics' sample of accounts receivable: 2,466 invoices of 100 customers.
# Its five country codes are anonymous; each stands for one Latin American country here,
# so that what depends on the customer's country has something to work with.
IBM_COUNTRIES = {"391": "CL", "406": "CO", "770": "MX", "818": "PE", "897": "EC"}

PRESETS = {
    "ibm": Preset(
        form=Format(
            columns={
                "customer": "customerID",
                "number": "invoiceNumber",
                "date": "InvoiceDate",
                "due": "DueDate",
                "amount": "InvoiceAmount",
                "settled": "SettledDate",
                "disputed": "Disputed",
                "country": "countrycode",
            },
            date_order="dmy",
            countries=IBM_COUNTRIES,
            email="{customer}@example.com",
        ),
        path="../shared/data/ibm_accounts_receivable.csv",
    )
}


def default_path(root: Path, name: str) -> Path:
    """Where the preset's file lies, beside the repository."""
    return (root / PRESETS[name].path).resolve()
