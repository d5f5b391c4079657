{
    "name": "Collections in Sales",
    "summary": "What a salesperson should know before selling more, and credit holds",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Collections for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["collections_management", "sale"],
    "auto_install": True,
    "data": [
        "security/ir.model.access.csv",
        "security/collections_sale_rules.xml",
        "data/mail_activity_type_data.xml",
        "data/collections_stage_data.xml",
        "views/collections_credit_hold_views.xml",
        "views/collections_case_views.xml",
        "views/collections_stage_views.xml",
        "views/sale_order_views.xml",
        # Depends on the actions.
        "views/collections_sale_menus.xml",
    ],
}
