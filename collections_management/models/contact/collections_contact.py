from collections import defaultdict
from datetime import UTC, timedelta
from itertools import chain, starmap
from operator import itemgetter
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from ...tools import contact_rules as engine
from ...tools import contact_zones, public_holidays, transitions

# What a reminder or an interaction is called where contacts are counted.
SAME_AS = {"activity": "call"}
# Contacts that no channel of ours makes.
VOICE = {"call", "visit"}
# Who is contacted about each case, and where: its payer, else the customer.
DEBTORS = """
    SELECT kase.id, kase.company_id, p.id, coalesce(kase.stop_flag, paying.stop_flag),
           p.is_company IS TRUE, country.code, state.code, portal.tz
      FROM collections_case kase
      JOIN res_partner own ON own.id = kase.partner_id
      JOIN res_partner p ON p.id = coalesce(own.collections_payer_id, own.id)
 LEFT JOIN collections_case paying ON paying.partner_id = own.collections_payer_id
       AND paying.company_id = kase.company_id
 LEFT JOIN res_country country ON country.id = p.country_id
 LEFT JOIN res_country_state state ON state.id = p.state_id
 LEFT JOIN (SELECT own.commercial_partner_id, min(own.tz) AS tz
              FROM res_users u
              JOIN res_partner own ON own.id = u.partner_id
             WHERE u.share AND u.active AND own.tz <> ''
               AND EXISTS (SELECT 1 FROM res_users_log log
                            WHERE log.create_uid = u.id)
          GROUP BY own.commercial_partner_id) portal
        ON portal.commercial_partner_id = p.id
     WHERE kase.id = ANY(%s)
"""
# The cases of which one person is contacted: a payer's own and those it pays for.
GROUPS = """
    SELECT kase.id, other.id
      FROM collections_case kase
      JOIN res_partner own ON own.id = kase.partner_id
      JOIN res_partner member
        ON member.id = coalesce(own.collections_payer_id, own.id)
        OR member.collections_payer_id = coalesce(own.collections_payer_id, own.id)
      JOIN collections_case other
        ON other.partner_id = member.id AND other.company_id = kase.company_id
     WHERE kase.id = ANY(%s)
       AND (own.collections_payer_id IS NOT NULL
            OR EXISTS (SELECT 1 FROM res_partner paid
                        WHERE paid.collections_payer_id = own.id))
"""
# Contacts that took place, and reminders that went out or may have.
CONTACTS = """
    SELECT row.case_id, row.date, row.channel,
           row.channel = 'call' AND result.is_reached IS TRUE
      FROM collections_interaction row
 LEFT JOIN collections_interaction_result result ON result.id = row.result_id
     WHERE row.case_id = ANY(%(cases)s) AND row.date >= %(since)s
       AND row.direction = 'out' AND row.is_reply IS NOT TRUE
       AND row.channel <> 'system'
       AND row.corrects_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM collections_interaction undo
                        WHERE undo.corrects_id = row.id AND undo.channel = 'system')
       -- In the message of another one, to who pays for both: that one counts.
       AND NOT EXISTS (SELECT 1 FROM collections_reminder carried
                        WHERE carried.id = row.reminder_id
                          AND carried.carrier_id IS NOT NULL)
 UNION ALL
    SELECT rem.case_id, coalesce(rem.date_sent, rem.write_date), rem.channel, false
      FROM collections_reminder rem
     WHERE rem.case_id = ANY(%(cases)s) AND rem.state = ANY(%(gone)s)
       AND rem.carrier_id IS NULL AND rem.is_reply IS NOT TRUE
       AND coalesce(rem.date_sent, rem.write_date) >= %(since)s
       AND rem.channel <> ALL(%(no_contact)s)
       AND NOT EXISTS (SELECT 1 FROM collections_interaction row
                        WHERE row.reminder_id = rem.id)
  ORDER BY 1, 2
"""


class Request(NamedTuple):
    """Somebody wants to contact people of a case by a channel."""

    key: int
    case_id: int
    channel: str
    partner_ids: tuple[int, ...]


class Debtor(NamedTuple):
    """Who is contacted about a case."""

    company_id: int
    partner_id: int
    stop_flag: str | None
    is_company: bool
    country: str | None
    state: str | None
    tz: str | None


class CollectionsContact(models.AbstractModel):
    """Contact rules at work: one request or twenty thousand, as many statements."""

    _name = "collections.contact"
    _description = "Contact Rules at Work"

    # === QUESTIONS === #

    @api.model
    def _of_case(self, case, channel, partners=None, now=None):
        """Tell whether a customer may be contacted by a channel, or when.

        :param channel: code of a channel or of an interaction
        :param partners: who is to be contacted; the customer if nobody is named
        :return: the rule (empty where none applies) and the engine's answer
        """
        people = tuple((partners or case.partner_id).ids)
        request = Request(case.id, case.id, channel, people)
        rule_id, answer = self._answer([request], now)[case.id]
        return self.env["collections.contact.rule"].browse(rule_id), answer

    @api.model
    def _of_reminders(self, condition: SQL, now=None, lasts=timedelta()):
        """Answer for the reminders that a condition on ``rem`` names.

        :param lasts: how long what is allowed has to stay so
        :return: ``{reminder id: (rule id, answer)}``
        """
        self.env["collections.reminder"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT rem.id, rem.case_id, rem.channel,
                          array_remove(array_agg(rel.res_partner_id), NULL)
                     FROM collections_reminder rem
                LEFT JOIN collections_reminder_recipient_rel rel
                       ON rel.collections_reminder_id = rem.id
                    WHERE rem.case_id IS NOT NULL AND %s
                 GROUP BY rem.id""",
                condition,
            )
        )
        now = now or fields.Datetime.now()
        requests = [Request(*row[:3], tuple(sorted(row[3]))) for row in rows]
        answers = self._answer(requests, now)
        if lasts:
            then = (now + lasts).replace(tzinfo=UTC)
            ending = [
                request
                for request in requests
                if (until := answers[request.key][1].until) and until < then
            ]
            if ending:
                answers |= self._answer(ending, now + lasts)
        return answers

    @api.model
    def _answer(self, requests, now=None):
        """Return ``{key: (rule id or False, answer)}`` of requests."""
        now = (now or fields.Datetime.now()).replace(tzinfo=UTC)
        case_ids = list({request.case_id for request in requests})
        debtors = self._debtors(case_ids)
        contacts = self._contacts(case_ids, now)
        consents = self.env["collections.consent"]._states(requests, debtors)
        guarantors = self.env["collections.guarantor"]._in_force(case_ids)
        answers, known = {}, {}
        for request in requests:
            debtor = debtors[request.case_id]
            guarantor = self._guarantor(request, guarantors)
            if guarantor:
                debtor = self._as_debtor(debtor, guarantor)
            channel = SAME_AS.get(request.channel, request.channel)
            wish = engine.Wish(
                channel=channel,
                kind=self._kind(channel),
                consent=consents.get(request.key),
                stop_flag=debtor.stop_flag,
                guarantor=bool(guarantor),
            )
            # What is the same for many is decided once.
            key = (
                wish,
                debtor._replace(partner_id=0),
                contacts.get(request.case_id, ()),
            )
            if key not in known:
                known[key] = self._decide(*key, now)
            answers[request.key] = known[key]
        return answers

    @api.model
    def _guarantor(self, request, guarantors):
        """Return the first guarantor among who is to be contacted, if any."""
        found = (
            guarantors[request.case_id, partner_id]
            for partner_id in request.partner_ids
            if (request.case_id, partner_id) in guarantors
        )
        return next(found, None)

    @api.model
    def _as_debtor(self, debtor, guarantor) -> Debtor:
        """The rule is that of the guarantor's kind and country."""
        return debtor._replace(
            partner_id=guarantor.id,
            is_company=guarantor.is_company,
            country=guarantor.country_id.code or None,
            state=guarantor.state_id.code or None,
            tz=None,
        )

    @api.model
    def _kind(self, channel) -> str:
        """Return the class of a channel, or of what an interaction calls one."""
        if channel in VOICE:
            return engine.VOICE
        return self.env["collections.channel"]._by_code(channel)._contact_class

    @api.model
    def _no_contact(self) -> list[str]:
        """Channels that give work to a person: the contact is what that one logs."""
        register = self.env["collections.channel"]
        return [
            code
            for code in register._codes()
            if not register._by_code(code)._is_contact
        ]

    @api.model
    def _decide(self, wish, debtor, contacts, now):
        company = self.env["res.company"].browse(debtor.company_id)
        rule_id, rule = self.env["collections.contact.rule"]._pick(
            company, debtor.country, debtor.is_company, wish.kind
        )
        if rule is None:
            if wish.consent is not False and not wish.guarantor:
                return False, engine.Answer(True, now)
            # Nobody's rule, but a refusal is a refusal, and a guarantor no debtor.
            rule = engine.Rule()
        return rule_id, engine.decide(
            rule,
            wish,
            contacts,
            self._holidays(company, debtor, now),
            self._zones(company, debtor, now),
            now,
        )

    # === FACTS === #

    @api.model
    def _debtors(self, case_ids) -> dict[int, Debtor]:
        self.env["collections.case"].flush_model(["stop_flag", "partner_id"])
        self.env["res.partner"].flush_model()
        rows = self.env.execute_query(SQL(DEBTORS, case_ids))
        return {row[0]: Debtor(*row[1:]) for row in rows}

    @api.model
    def _contacts(self, case_ids, now):
        """Return ``{case id: (Contact, …)}`` of what can still matter."""
        self.env["collections.interaction"].flush_model()
        self.env["collections.reminder"].flush_model()
        days = self.env["collections.contact.rule"]._lookback() + 1
        groups = self._groups(case_ids)
        rows = self.env.execute_query(
            SQL(
                CONTACTS,
                cases=list({*case_ids, *chain.from_iterable(groups.values())}),
                since=now.replace(tzinfo=None) - timedelta(days=days),
                gone=list(transitions.GONE),
                no_contact=self._no_contact(),
            )
        )
        found = {
            case_id: tuple(starmap(self._contact, group))
            for case_id, group in groupby(rows, key=itemgetter(0))
        }
        return found | {
            case_id: tuple(
                sorted(chain.from_iterable(found.get(other, ()) for other in others))
            )
            for case_id, others in groups.items()
        }

    @api.model
    def _groups(self, case_ids) -> dict[int, list[int]]:
        """Return the cases of a group with one payer, by case; who has none is out."""
        self.env["res.partner"].flush_model(["collections_payer_id"])
        groups = defaultdict(list)
        for case_id, other in self.env.execute_query(SQL(GROUPS, case_ids)):
            groups[case_id].append(other)
        return groups

    @api.model
    def _contact(self, _case_id, moment, channel, talked) -> engine.Contact:
        channel = SAME_AS.get(channel, channel)
        return engine.Contact(
            moment.replace(tzinfo=UTC), channel, self._kind(channel), talked
        )

    @api.model
    def _place(self, company, debtor) -> tuple[str | None, str | None]:
        """Country and state: the company's country where the customer has none."""
        if debtor.country:
            return debtor.country, debtor.state
        return company.sudo().country_id.code or None, None

    @api.model
    def _zones(self, company, debtor, now) -> tuple[str, ...]:
        country, state = self._place(company, debtor)
        zones = contact_zones.possible_zones(
            country,
            state,
            pytz.country_timezones.get(country, ()) if country else (),
            own=debtor.tz,
            fallback=company.sudo().collections_tz or "UTC",
        )
        return contact_zones.distinct(zones, now)

    @api.model
    def _holidays(self, company, debtor, now):
        """Return the days off by date, in the country's own language."""
        country, state = self._place(company, debtor)
        days = {}
        for year in range(now.year - 1, now.year + 3):
            days.update(public_holidays.of_year(country, state, year))
        added = self.env["collections.contact.holiday"]
        return days | added._added(company.id, country)

    # === DECISIONS THAT ARE KEPT === #

    @api.model
    def _gate_run(self, run) -> None:
        """Defer what a run planned and what may not go out now, in bulk.

        What waits for approval or is only simulated says it and keeps its state.
        """
        answers = self._of_reminders(SQL("rem.run_id = %s", run.id))
        rows = [
            (reminder_id, *self._columns(rule_id, answer))
            for reminder_id, (rule_id, answer) in answers.items()
        ]
        if rows:
            self.env["collections.reminder"]._write_answers(rows)

    @api.model
    def _columns(self, rule_id, answer):
        """Return rule, reason, values and the next moment as they are stored."""
        moment = answer.moment and answer.moment.replace(tzinfo=None)
        if answer.allowed:
            return rule_id or None, None, None, None
        return (
            rule_id or None,
            answer.reasons[0].code,
            [[code, dict(values)] for code, values in answer.reasons],
            # Where a person has to act, it is asked again every day.
            moment or fields.Datetime.now() + timedelta(days=1),
        )
