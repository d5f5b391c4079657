{
    "name": "Collections Reports",
    "summary": "Aging and key figures of receivables at any date, and in XLSX",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Collections for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["collections_management"],
    "external_dependencies": {"python": ["xlsxwriter"]},
}
