from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, format_datetime, html2plaintext

from ...tools import pauses

ITEMS = 8
TALKS = 3
CONTACTS = 6


class CollectionsWorklistStory(models.AbstractModel):
    """What a collector has to know before the customer picks up the phone."""

    _name = "collections.worklist.story"
    _description = "Story of a Case"
    _inherit = ["collections.worklist.suggestion"]

    @api.model
    @api.readonly
    def get_story(self, case_id, group=None):
        """Return the story of a case: who, what, what was said, what to say.

        :param group: why it is on the list, if it is: see `get_worklist`
        :return: ``{'id', 'name', 'figures', 'badges', 'next_step', 'warning', 'rules',
            'days', 'contacts', 'activities', 'script', 'items', 'item_count',
            'talks', 'priority', 'suggestion', 'reasons'}``; amounts and dates as text
            in the user's language, ``script`` as sanitized HTML
        """
        self.env["collections.role"]._check_collector()
        case = self.env["collections.case"].browse(case_id)
        case.check_access("read")
        activities = self._story_activities(case)
        rules = self._story_rules(case)
        return {
            "id": case.id,
            "name": case.partner_id.display_name,
            "figures": self._story_figures(case),
            "badges": self._story_badges(case),
            "next_step": self._story_next_step(case),
            **rules,
            "priority": case.priority_text or "",
            "suggestion": self._suggestion(case, group, rules["warning"], activities),
            "days": self._story_group(case) + self._story_days(case),
            "contacts": self._story_contacts(case),
            "activities": [self._story_activity(one) for one in activities],
            "script": self._story_script(case, activities),
            "items": self._story_items(case),
            "item_count": case.item_count,
            "talks": self._story_talks(case),
        }

    @api.model
    def _story_figures(self, case):
        """The amounts in their order; those of zero only where zero says something."""
        names = (
            "amount_actionable",
            "amount_overdue",
            "amount_not_due",
            "amount_credit",
            "amount_to_confirm",
            "amount_promised",
            "amount_cheque",
            "amount_disputed",
            "amount_held",
        )
        labels = case.fields_get(names, ["string"])
        always = names[:2]
        return [
            {
                "name": name,
                "label": labels[name]["string"],
                "value": format_amount(self.env, case[name], case.currency_id),
            }
            for name in names
            if case[name] or name in always
        ]

    @api.model
    def _story_badges(self, case):
        flags = dict(case._fields["stop_flag"]._description_selection(self.env))
        found = [
            ("segment", case.segment_id.name),
            ("level", case.level_id.name),
            ("stage", case.manual_stage_id.name),
            ("stop", flags.get(case.stop_flag)),
        ]
        return [{"kind": kind, "label": label} for kind, label in found if label]

    @api.model
    def _story_next_step(self, case):
        # An activity that is due stands below.
        if not case.next_step_label or case.next_step == "activity":
            return ""
        if not case.next_step_date:
            return case.next_step_label
        return f"{case.next_step_label}, {format_date(self.env, case.next_step_date)}"

    @api.model
    def _story_rules(self, case):
        """What the law says to whoever is about to call: the dialog's words."""
        log = self.env["collections.interaction.log"].new({"case_id": case.id})
        return {
            "warning": log.contact_warning or "",
            "rules": log.content_rules or "",
            "reasons": self._story_reasons() if log.asks_reason else [],
        }

    @api.model
    def _story_reasons(self) -> list[dict]:
        """Return the reasons for a delay to choose from, where one may be asked."""
        reasons = self.env["collections.delay.reason"].search_fetch([], ["name"])
        return [{"id": reason.id, "name": reason.name} for reason in reasons]

    @api.model
    def _story_group(self, case) -> list[str]:
        """What the group owes, to whoever calls its payer."""
        if not case.member_count:
            return []
        overdue = format_amount(self.env, case.group_amount_overdue, case.currency_id)
        payer = (case.payer_id or case.partner_id).display_name
        return [
            self.env._(
                "%(payer)s pays for %(count)s customers: %(amount)s overdue in all",
                payer=payer,
                count=case.member_count,
                amount=overdue,
            )
        ]

    @api.model
    def _story_days(self, case) -> list[str]:
        """When the customer pays, and what it has not taken in yet."""
        found = case._days_in_words()
        late = case.presentation_ids.filtered("is_late")
        if late:
            found.append(
                self.env._("Not presented yet: %s", ", ".join(late.mapped("number")))
            )
        return found

    # === WHOM TO CALL === #

    @api.model
    def _story_contacts(self, case):
        """Return whom to call, those marked for collections first."""
        contacts = case.contact_ids.sorted(
            lambda contact: (
                not contact.collections_contact,
                contact.type != "invoice",
                contact != case.partner_id,
                contact.name or "",
            )
        )
        own = [self._story_contact(contact) for contact in contacts[:CONTACTS]]
        return self._story_payer(case) + own + self._story_guarantors(case)

    @api.model
    def _story_payer(self, case):
        """Who pays comes first: it is the one to call."""
        people = case.payer_id | case.payer_id.child_ids.filtered("collections_contact")
        return [
            {
                **self._story_contact(contact),
                "function": self.env._("pays for the customer"),
            }
            for contact in people
        ]

    @api.model
    def _story_guarantors(self, case):
        """Only those whom the rule of their country lets be called."""
        kinds = dict(
            case.guarantor_ids._fields["kind"]._description_selection(self.env)
        )
        return [
            {**self._story_contact(row.guarantor_id), "function": kinds[row.kind]}
            for row in case.guarantor_ids.filtered("is_current")
            if row._contact_rule().guarantors_allowed
        ]

    @api.model
    def _story_contact(self, contact):
        international = contact._phone_format(fname="phone", force_format="E164")
        return {
            "id": contact.id,
            "name": contact.name or contact.display_name,
            "function": contact.function or "",
            "phone": contact.phone or "",
            "tel": (international or contact.phone or "").replace(" ", ""),
            # Only a number with its country reaches anybody there.
            "whatsapp": (international or "").lstrip("+"),
            "email": contact.email or "",
        }

    # === WHAT TO SAY === #

    @api.model
    def _story_activities(self, case):
        """Return the activities that are due, the earliest first."""
        today = case.company_id._collections_today()
        return case.activity_ids.filtered(
            lambda activity: activity.date_deadline <= today
        ).sorted("date_deadline")

    @api.model
    def _story_activity(self, activity):
        return {
            "id": activity.id,
            "name": activity.summary or activity.activity_type_id.name,
            "date": format_date(self.env, activity.date_deadline),
            "user": activity.user_id.name or "",
        }

    @api.model
    def _story_script(self, case, activities):
        """The script of the call that is due, else of the level reached or next."""
        written = [activity.note for activity in activities]
        levels = [case.next_level_id, case.level_id]
        written += [level.script for level in levels if level]
        return next((text for text in written if self._says_something(text)), "")

    @api.model
    def _says_something(self, text) -> bool:
        return bool(text and html2plaintext(text).strip())

    # === WHAT IS OWED, WHAT WAS SAID === #

    @api.model
    def _story_items(self, case):
        items = self.env["collections.item"].search(
            [("case_id", "=", case.id)], limit=ITEMS
        )
        paused = self._story_pauses(case)
        words = self._story_pause_words()
        return [
            {
                "id": item.id,
                "number": item.number or "",
                # In the order in which they count; a credit is never asked for.
                "pauses": [
                    words[kind]
                    for kind in pauses.KINDS
                    if kind in paused[None] | paused[item.id] and not item.is_credit
                ],
                "can_hold": not item.is_credit
                and pauses.HELD not in paused[None] | paused[item.id],
                "date_due": format_date(self.env, item.date_due),
                "days": item.days_overdue,
                "state": item.state,
                "amount": format_amount(
                    self.env, item.amount_residual, item.currency_id
                ),
            }
            for item in items
        ]

    @api.model
    def _story_pauses(self, case):
        """Return what pauses each document by its id, and all of them as ``None``."""
        company = case.company_id
        found = defaultdict(set)
        for row in self.env["collections.pause"]._rows(
            company, company._collections_today(), case.partner_id.ids
        ):
            found[row.line_id].add(row.kind)
        return found

    @api.model
    def _story_pause_words(self):
        return {
            pauses.DISPUTED: self.env._("disputed"),
            pauses.AGREED: self.env._("in an agreement"),
            pauses.CHEQUE: self.env._("in cheques"),
            pauses.PROMISED: self.env._("promised"),
            pauses.REPORTED: self.env._("said to be paid"),
            pauses.HELD: self.env._("on hold"),
        }

    @api.model
    def _story_talks(self, case):
        log = self.env["collections.interaction"]
        rows = log.search(
            log._standing() & Domain("case_id", "=", case.id), limit=TALKS
        )
        channels = dict(rows._fields["channel"]._description_selection(self.env))
        directions = dict(rows._fields["direction"]._description_selection(self.env))
        zone = case.company_id.sudo().collections_tz
        return [
            {
                "id": row.id,
                "date": format_datetime(
                    self.env, row.date, tz=zone, dt_format="d MMM y HH:mm"
                ),
                "channel": channels.get(row.channel, ""),
                "is_reply": row.direction == "in",
                "direction": directions[row.direction],
                "result": row.result_id.name or "",
                "reason": row.delay_reason_id.name or "",
                "contact": row.contact_name or "",
                "by": row.user_name or "",
                "text": row.summary,
                "next_date": row.next_date
                and format_date(self.env, fields.Date.to_date(row.next_date)),
            }
            for row in rows
        ]
