{
    "name": "Collections",
    "summary": "Cases, segments, dunning and reminders on top of the ledger",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Collections for Odoo contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": ["account_payment", "sales_team", "sms", "phone_validation"],
    "data": [
        "security/collections_management_groups.xml",
        "security/ir.model.access.csv",
        "security/collections_management_rules.xml",
        "data/ir_cron_data.xml",
        "data/mail_activity_type_data.xml",
        "data/collections_interaction_result_data.xml",
        "data/collections_stage_data.xml",
        "data/mail_template_data.xml",
        # Depends on the stages and templates.
        "data/collections_policy_data.xml",
        "report/collections_reminder_templates.xml",
        "wizard/collections_journal_followup_views.xml",
    ],
}
