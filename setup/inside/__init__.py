"""What runs inside Odoo's environment. ``python setup/inside COMMAND`` starts it."""
