"""Loading an invoice file: rows and presets are pure, load needs Odoo."""
