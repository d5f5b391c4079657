from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ...tools import escalation as handing
from ...tools import stages


class CollectionsStage(models.Model):
    _name = "collections.stage"
    _description = "Collections Stage"
    _inherit = ["collections.cached"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            (stages.UP_TO_DATE, "Up to date"),
            (stages.PREVENTIVE, "Preventive"),
            (stages.OVERDUE, "Overdue, not reminded yet"),
            (stages.LEVEL, "Dunning level reached"),
            (stages.PROMISED, "Promised"),
            (stages.DISPUTED, "Disputed"),
            (stages.MANUAL, "Chosen by a person"),
        ],
        required=True,
        default=stages.MANUAL,
        help="What puts a case here. Only stages chosen by a person can be set by "
        "hand; the others follow the ledger and the reminders sent.",
    )
    fold = fields.Boolean(string="Folded in Kanban")
    description = fields.Text(translate=True)

    # === ESCALATION: who takes the case over, and what has to be true for it === #

    escalation = fields.Selection(
        selection=[
            (handing.SUPERVISOR, "Supervisor"),
            (handing.AGENCY, "External agency"),
            (handing.LEGAL, "Legal"),
            (handing.WRITTEN_OFF, "Written off"),
        ],
        string="Hands the Case To",
        help="A step of the escalation: it is requested, approved and ended, and asks "
        "for what is set here. Legal and written off are left out of the days of "
        "sales and listed apart.",
    )
    stops_reminders = fields.Boolean(
        help="No automatic reminder goes out while a case is in this stage."
    )
    needs_approval = fields.Boolean(
        string="A Supervisor Approves", help="Also who takes the case back"
    )
    min_days_overdue = fields.Integer(
        string="Days Overdue, at Least", help="Of the oldest document; 0: not asked for"
    )
    min_reminders = fields.Integer(
        string="Reminders Sent, at Least",
        help="For documents that are still open; 0: not asked for",
    )
    needs_formal = fields.Boolean(
        string="A Formal Notice Was Sent",
        help="A reminder of a level marked as formal, for what is still open",
    )
    notice_days = fields.Integer(
        string="Notice Period (Days)",
        help="Days that have to pass after the formal notice",
    )
    needs_documents = fields.Boolean(
        string="A Copy of Every Document",
        help="Overdue invoices have their PDF, other entries an attachment.",
    )
    needs_free = fields.Boolean(
        string="Nothing Agreed or Disputed",
        help="No issue, promise, agreement, payment notice or hold covers any of it.",
    )
    review_days = fields.Integer(
        string="Review After (Days)",
        help="An activity asks how it goes, so that no case is forgotten; 0: none",
    )

    _needs_not_negative = models.Constraint(
        """CHECK (min_days_overdue >= 0 AND min_reminders >= 0 AND notice_days >= 0
                  AND review_days >= 0)""",
        "Days and numbers of reminders cannot be below zero.",
    )

    @api.onchange("escalation")
    def _onchange_escalation(self):
        if self.escalation:
            self.stops_reminders = self.needs_approval = True

    @api.constrains("escalation", "stops_reminders", "kind")
    def _check_chosen_by_hand(self):
        for stage in self:
            special = stage.escalation or stage.stops_reminders
            if special and stage.kind != stages.MANUAL:
                raise ValidationError(
                    self.env._(
                        "%(stage)s follows the ledger: only a stage chosen by a "
                        "person can hand cases over or stop reminders.",
                        stage=stage.name,
                    )
                )

    def _needs(self) -> handing.Needs:
        """Return what the stage asks for."""
        self.ensure_one()
        return handing.Needs(
            self.min_days_overdue,
            self.min_reminders,
            self.needs_formal,
            self.notice_days,
            self.needs_documents,
            self.needs_free,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_technical(self):
        if any(stage.kind != stages.MANUAL for stage in self):
            raise UserError(
                self.env._(
                    "Stages that follow the ledger cannot be deleted. Rename or fold "
                    "the stage instead."
                )
            )

    @tools.ormcache()
    def _by_kind(self) -> dict:
        """Return stage ids by kind, and by ``("level", level id)``.

        Also, as ``stopping``, those in which no automatic reminder goes out.
        """
        found = {}
        kinds = [("kind", "in", stages.KINDS)]
        for stage in self.sudo().search(kinds, order="sequence desc, id desc"):
            found[stage.kind] = stage.id
        stopping = self.sudo().search([("stops_reminders", "=", True)])
        found["stopping"] = tuple(stopping.ids)
        Level = self.env["collections.dunning.level"].sudo()
        for level in Level.search([("stage_id", "!=", False)]):
            found["level", level.id] = level.stage_id.id
        return found
