from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, format_amount, format_date

from ...tools import escalation, transitions

# Reminders that went out for what is still open, and the last formal one.
REMINDED = """
    SELECT rem.case_id, count(*), max(rem.date) FILTER (WHERE level.formal)
      FROM collections_reminder rem
 LEFT JOIN collections_dunning_level level ON level.id = rem.level_id
     WHERE rem.case_id = ANY(%s) AND rem.kind = 'dunning' AND rem.state = ANY(%s)
       AND NOT rem.cycle_closed AND rem.trigger_line_id IS NOT NULL
  GROUP BY rem.case_id
"""
# What proves a document: the invoice as it was issued, else anything attached.
PROVEN = """
    SELECT move.id FROM account_move move
     WHERE move.id = ANY(%s) AND EXISTS (
           SELECT 1 FROM ir_attachment file
            WHERE file.res_model = 'account.move' AND file.res_id = move.id
              AND CASE WHEN move.move_type IN ('out_invoice', 'out_refund')
                       THEN file.res_field = 'invoice_pdf_report_file'
                       ELSE file.res_field IS NULL END)
"""
NAMED = 3


class CollectionsEscalationFacts(models.AbstractModel):
    """What there is of cases that are to be handed over, and in words what is missing.

    A constant number of statements, whatever the number of cases.
    """

    _name = "collections.escalation.facts"
    _description = "Requirements of an Escalation"

    @api.model
    def _checked(self, cases, stage, agency=None) -> dict[int, list[dict]]:
        """Return by case what a stage asks for: ``code, fulfilled, text``."""
        facts = self._facts(cases.sudo(), agency)
        needs = stage.sudo()._needs()
        found = {}
        for case in cases:
            own = facts[case.id]
            found[case.id] = [
                {
                    "code": one.code,
                    "fulfilled": one.fulfilled,
                    "text": self._words(one.code, needs, own, case),
                }
                for one in escalation.requirements(
                    needs,
                    own,
                    case.company_id._collections_today(),
                    case.sudo().policy_id.tolerance,
                )
            ]
        return found

    @api.model
    def _facts(self, cases, agency=None) -> dict[int, escalation.Facts]:
        self.env["collections.reminder"].flush_model()
        self.env["collections.dunning.level"].flush_model(["formal"])
        reminded = {
            case_id: rest
            for case_id, *rest in self.env.execute_query(
                SQL(REMINDED, cases.ids, list(transitions.GONE))
            )
        }
        documents = self._documents(cases)
        found = {}
        for case in cases:
            count, formal = reminded.get(case.id, (0, None))
            total, missing = documents[case.id]
            found[case.id] = escalation.Facts(
                overdue=case.amount_overdue_net,
                age=case.days_overdue,
                reminders=count,
                formal_date=formal,
                documents=total,
                missing=tuple(missing),
                apart=sum(
                    case[f"amount_{kind}"]
                    for kind in ("disputed", "promised", "agreed", "reported", "held")
                ),
                in_reach=not agency or agency._works_in(case.partner_id.country_id),
            )
        return found

    @api.model
    def _documents(self, cases) -> dict:
        """Return how many overdue documents each case has, and those not proven."""
        items = (
            self.env["collections.item"]
            .sudo()
            .search_fetch(
                [
                    ("case_id", "in", cases.ids),
                    ("state", "=", "overdue"),
                    ("no_followup", "=", False),
                ],
                ["case_id", "move_id", "number"],
            )
        )
        self.env["ir.attachment"].flush_model()
        self.env["account.move"].flush_model(["move_type"])
        proven = {
            move_id
            for (move_id,) in self.env.execute_query(SQL(PROVEN, items.move_id.ids))
        }
        found = defaultdict(lambda: (0, []))
        for case, own in items.grouped("case_id").items():
            numbers = {item.move_id.id: item.number or "?" for item in own}
            missing = [
                number for move_id, number in numbers.items() if move_id not in proven
            ]
            found[case.id] = len(numbers), missing
        return found

    # === IN WORDS === #

    @api.model
    def _words(self, code, needs, facts, case) -> str:
        return getattr(self, f"_words_{code}")(needs, facts, case)

    @api.model
    def _words_overdue(self, _needs, facts, case):
        return self.env._(
            "Something is overdue: %s",
            format_amount(self.env, facts.overdue, case.currency_id),
        )

    @api.model
    def _words_age(self, needs, facts, _case):
        return self.env._(
            "%(wanted)s days overdue at least: the oldest document has %(days)s",
            wanted=needs.age,
            days=facts.age,
        )

    @api.model
    def _words_reminders(self, needs, facts, _case):
        return self.env._(
            "%(wanted)s reminders sent at least: %(count)s went out",
            wanted=needs.reminders,
            count=facts.reminders,
        )

    @api.model
    def _words_formal(self, _needs, facts, _case):
        if facts.formal_date:
            day = format_date(self.env, facts.formal_date)
            return self.env._("A formal notice was sent on %s", day)
        return self.env._("A formal notice has to be sent first")

    @api.model
    def _words_notice(self, needs, facts, _case):
        if not facts.formal_date:
            return self.env._(
                "%s days have to pass after the formal notice", needs.notice_days
            )
        return self.env._(
            "%(days)s days after the formal notice of %(date)s",
            days=needs.notice_days,
            date=format_date(self.env, facts.formal_date),
        )

    @api.model
    def _words_documents(self, _needs, facts, _case):
        if not facts.missing:
            return self.env._(
                "A copy of every overdue document is there: %s", facts.documents
            )
        named = ", ".join(facts.missing[:NAMED])
        if len(facts.missing) > NAMED:
            named += ", …"
        return self.env._(
            "A copy of %(missing)s of %(count)s overdue documents is missing: "
            "%(documents)s. Print them from the invoice, or attach them.",
            missing=len(facts.missing),
            count=facts.documents,
            documents=named,
        )

    @api.model
    def _words_free(self, _needs, facts, case):
        if facts.apart:
            return self.env._(
                "%s is in dispute, agreed or on hold: settle that first",
                format_amount(self.env, facts.apart, case.currency_id),
            )
        return self.env._("Nothing is agreed, disputed or on hold")

    @api.model
    def _words_country(self, _needs, _facts, case):
        country = case.partner_id.country_id.name
        if not country:
            return self.env._("The customer's country is not known")
        return self.env._("The agency does not work in %s", country)
