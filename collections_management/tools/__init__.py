"""The functional core: pure decisions, no Odoo, no network, no clock."""

from . import chain, levels, netting, planning, stages, transitions
