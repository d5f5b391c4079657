import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from odoo.addons.collections_management.tools.experiments import CHALLENGER, CONTROL

from ..tools import experiments

# The pace at which customers join is that of the last weeks.
PACE_WEEKS = 4


class CollectionsExperiment(models.Model):
    """What it showed so far: both arms, and whether the difference means anything."""

    _inherit = "collections.experiment"

    result_html = fields.Html(
        string="Results", compute="_compute_result_html", sanitize=False
    )

    @api.depends("state", "date_end", "least_difference", "window", "percent")
    @api.depends_context("lang")
    def _compute_result_html(self):
        for experiment in self:
            experiment.result_html = experiment.state != "draft" and self.env[
                "ir.qweb"
            ]._render(
                "collections_reports.experiment_results",
                experiment._results(),
                minimal_qcontext=True,
            )

    def _results(self) -> dict:
        """Return ``rows`` of the table and ``texts``: what it means, in words."""
        self.ensure_one()
        today = self.company_id._collections_today()
        facts = self.env["collections.experiment.facts"].sudo()
        arms = facts._arms(self.sudo(), today)
        control, challenger = arms[CONTROL], arms[CHALLENGER]
        shares = [self._share(arm) for arm in (control, challenger)]
        verdict, difference = experiments.judge(
            *shares, self.least_difference / 100, self.percent
        )
        return {
            "heads": (self.control_id.name, self.challenger_id.name),
            "rows": [
                *self._counts(control, challenger),
                *self._ratios(control, challenger, shares),
                *self._proportions(control, challenger),
            ],
            "texts": [
                self._verdict_text(verdict, difference),
                *self._missing_texts(verdict, arms, today),
            ],
            "is_clear": verdict.code in ("better", "worse"),
            "warning": self.state == "running" and self._peeking_text(),
        }

    def _share(self, arm):
        return experiments.ratio(
            [one.recovered for one in arm.outcomes], [one.owed for one in arm.outcomes]
        )

    # === ROWS === #

    def _row(self, label, control, challenger, difference=None, interval=None) -> dict:
        return {
            "label": label,
            "cells": (control, challenger, difference or "", interval or ""),
        }

    def _counts(self, control, challenger) -> list[dict]:
        pairs = (control, challenger)
        following = self._following()
        owed = [sum(one.owed for one in arm.outcomes) for arm in pairs]
        recovered = [sum(one.recovered for one in arm.outcomes) for arm in pairs]
        return [
            self._row(self.env._("Customers"), *(len(arm.joined) for arm in pairs)),
            self._row(self.env._("Of these, with the policy of their arm"), *following),
            self._row(
                self.env._("Of these, %s days over", self.window),
                *(len(arm.outcomes) for arm in pairs),
            ),
            self._row(self.env._("Owed at the start"), *map(self._money, owed)),
            self._row(self.env._("Recovered of it"), *map(self._money, recovered)),
        ]

    def _following(self) -> list[int]:
        arms = [one.arm for one in self.sudo().member_ids if one.is_following]
        return [arms.count(arm) for arm in (CONTROL, CHALLENGER)]

    def _ratios(self, control, challenger, shares) -> list[dict]:
        days = [
            experiments.ratio(
                [one.money_days for one in arm.outcomes],
                [one.owed for one in arm.outcomes],
            )
            for arm in (control, challenger)
        ]
        return [
            self._ratio_row(self.env._("Share recovered, %"), shares, 100),
            self._ratio_row(
                self.env._("Days until paid (not paid: %s)", self.window), days, 1
            ),
        ]

    def _ratio_row(self, label, estimates, factor) -> dict:
        values = [self._number(one and one.value * factor) for one in estimates]
        if not all(estimates):
            return self._row(label, *values)
        found = experiments.welch(*estimates)
        return self._row(label, *values, *self._difference(found, factor))

    def _proportions(self, control, challenger) -> list[dict]:
        words = {
            "promised": self.env._("Customers who promised, %"),
            "complained": self.env._("Customers who complained or opted out, %"),
        }
        rows = []
        for name, label in words.items():
            counts = [
                (sum(getattr(one, name) for one in arm.outcomes), len(arm.outcomes))
                for arm in (control, challenger)
            ]
            values = [
                self._number(100 * count / total if total else None)
                for count, total in counts
            ]
            found = ()
            if all(total for _count, total in counts):
                found = self._difference(experiments.newcombe(*counts), 100)
            rows.append(self._row(label, *values, *found))
        return rows

    # === NUMBERS === #

    def _number(self, value) -> str:
        if value is None:
            return "–"
        return formatLang(self.env, value, digits=1)

    def _money(self, value) -> str:
        return formatLang(self.env, value, currency_obj=self.currency_id)

    def _difference(self, found, factor) -> tuple[str, str]:
        low, high = (self._signed(end * factor) for end in (found.low, found.high))
        return (
            self._signed(found.value * factor),
            self.env._("%(low)s to %(high)s", low=low, high=high),
        )

    def _signed(self, value) -> str:
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return sign + self._number(abs(value))

    # === IN WORDS === #

    def _verdict_text(self, verdict, difference) -> str:
        if verdict.code == "few":
            return self.env._(
                "Too early to say: the days of fewer than %s customers are over in an "
                "arm.",
                experiments.LEAST,
            )
        words = {
            "policy": self.challenger_id.name,
            "points": self._number(100 * abs(difference.value)),
            "low": self._signed(100 * difference.low),
            "high": self._signed(100 * difference.high),
            "least": self._number(self.least_difference),
        }
        texts = {
            "better": self.env._(
                "%(policy)s recovers %(points)s points more of what was owed. That is "
                "hardly chance: between %(low)s and %(high)s points.",
                **words,
            ),
            "worse": self.env._(
                "%(policy)s recovers %(points)s points less of what was owed. That is "
                "hardly chance: between %(low)s and %(high)s points.",
                **words,
            ),
            "alike": self.env._(
                "Both recover about the same: a difference of %(least)s points, the "
                "smallest that matters to you, can be ruled out.",
                **words,
            ),
            "open": self.env._(
                "The difference of %(points)s points may be chance: it lies between "
                "%(low)s and %(high)s points.",
                **words,
            ),
        }
        return texts[verdict.code]

    def _missing_texts(self, verdict, arms, today) -> list[str]:
        """Say how many more customers or weeks it would take."""
        if verdict.code not in ("few", "open") or not verdict.needed:
            return []
        joined = [day for arm in arms.values() for day in arm.joined]
        waiting = len(joined) - sum(len(arm.outcomes) for arm in arms.values())
        if self.state == "ended":
            return [
                self.env._(
                    "About %s more customers would have been needed.", verdict.needed
                )
            ]
        texts = [
            self.env._(
                "About %(count)s more customers are needed; the days of %(waiting)s "
                "are not over yet.",
                count=verdict.needed,
                waiting=waiting,
            )
        ]
        weeks = self._weeks_missing(verdict.needed - waiting, joined, today)
        if weeks:
            texts.append(
                self.env._("At the pace of the last weeks: %s more weeks.", weeks)
            )
        return texts

    def _weeks_missing(self, count, joined, today) -> int | None:
        """Return in how many weeks so many customers join, and have their days.

        ``None`` where nobody joined lately: who was there at the start is no pace.
        """
        days = math.ceil(self.window / 7)
        if count <= 0:
            return days
        since = max(today - timedelta(weeks=PACE_WEEKS), self.date_start)
        weeks = max(1, (today - since).days / 7)
        pace = sum(day > since for day in joined) / weeks
        return math.ceil(count / pace) + days if pace else None

    def _peeking_text(self) -> str:
        return self.env._(
            "It runs until %(date)s. Look as often as you like, but decide then: who "
            "stops on the first day that looks clear is wrong far more often than 5 "
            "times of 100.",
            date=format_date(self.env, self.date_end),
        )
