{
    "name": "Collections Reports",
    "summary": "Aging and key figures of receivables at any date, and in XLSX",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Collections for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["collections_management"],
    "external_dependencies": {"python": ["xlsxwriter"]},
    "data": [
        "security/ir.model.access.csv",
        "security/collections_reports_rules.xml",
        "report/collections_aging_report.xml",
        "views/collections_reports_views.xml",
        "views/collections_analysis_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["collections_reports/static/src/**/*"],
        "web.assets_tests": ["collections_reports/static/tests/tours/*"],
    },
}
