{
    "name": "Collections by WhatsApp",
    "summary": "Reminders as approved templates, receipts, answers on the case",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Collections for Odoo contributors",
    "license": "LGPL-3",
    "depends": ["collections_management"],
    "external_dependencies": {"python": ["phonenumbers", "reportlab", "requests"]},
    "data": [
        "security/ir.model.access.csv",
        "security/collections_whatsapp_rules.xml",
        "data/ir_cron_data.xml",
        "data/collections_whatsapp_template_data.xml",
        "views/collections_case_views.xml",
        "views/collections_policy_views.xml",
        "views/collections_reminder_views.xml",
        "views/collections_whatsapp_account_views.xml",
        "views/collections_whatsapp_message_views.xml",
        "views/collections_whatsapp_template_views.xml",
        # Depends on the actions.
        "views/collections_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["collections_whatsapp/static/src/**/*"],
    },
}
