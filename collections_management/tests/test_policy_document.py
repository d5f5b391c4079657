"""The collection policy as a document, and what was in force when (R81, R82)."""

from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPolicyDocument(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("collector", "supervisor", "salesperson")
        cls.customer = cls._customer()
        cls._invoices((cls.customer, day(-10), 500.0))
        cls.Version = cls.env["collections.policy.version"]

    def _commit(self):
        """What happens before a transaction ends."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _versions(self, company=None):
        company = company or self.company
        return self.Version.search([("company_id", "=", company.id)], order="id")

    def _text(self, version, lang="en_US"):
        return " ".join(str(version.with_context(lang=lang).document).split())

    # === R81: THE POLICY IN WORDS === #

    def test_r81_segments_policies_levels(self):
        self.policy.write(
            {
                "tolerance": 20.0,
                "repeat_days": 7,
                "max_repeats": 2,
                "description": "<p>We ask <b>kindly</b> & early.</p>",
            }
        )
        self.env["collections.level.channel"].create(
            {
                "level_id": self.levels[10].id,
                "channel": "activity",
                "release": "approve",
            }
        )
        self.levels[10].script = "<p>Ask for a date</p>"
        self.env["collections.segment"].create(
            {
                "name": "Big debts",
                "sequence": 0,
                "policy_id": self.policy.id,
                "domain": "[('amount_overdue', '>=', 5000), ('city', '=', 'Lima')]",
            }
        )
        text = self._text(self.Version._current(self.company))
        for expected in (
            "Big debts",
            "Overdue is at least $ 5,000.00",
            "City is Lima",
            "All other customers",
            "We ask kindly &amp; early.",
            "At least 3 days between two reminders.",
            "up to $ 20.00",
            "every 7 days, at most 2 times",
            "3 days before due date",
            "On the due date",
            "25 days after due date",
            "formal notice",
            "Ask for a date",
            "E-mail",
            dict(self.env["collections.channel"]._selection())["activity"],
            "Proposed for approval",
        ):
            with self.subTest(expected=expected):
                self.assertIn(expected, text)

    def test_r81_each_language_has_its_own(self):
        self.env["res.lang"]._activate_lang("es_419")
        self.policy.with_context(lang="es_419").name = "Cobranza suave"
        version = self.Version._current(self.company)
        self.assertEqual(set(version.content), {"en_US", "es_419"})
        self.assertIn("Cobranza suave", self._text(version, "es_419"))
        self.assertNotIn("Cobranza suave", self._text(version))

    def test_r81_nothing_of_a_customer_or_policy_is_rendered_as_code(self):
        self.policy.name = "<script>alert(1)</script>"
        text = self._text(self.Version._current(self.company))
        self.assertNotIn("<script>", text)

    def test_r81_printed(self):
        version = self.Version._current(self.company)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "collections_management.report_policy", version.ids
        )
        self.assertIn(b"Collection Policy", html)

    # === R82: ROLES === #

    def test_r82_who_has_which_role(self):
        version = self.Version._current(self.company)
        roles = {role["name"]: role for role in version.content["en_US"]["roles"]}
        self.assertIn("Collector", roles["Collector"]["people"])
        self.assertNotIn("Supervisor", roles["Collector"]["people"])
        self.assertIn("Supervisor", roles["Supervisor"]["people"])
        self.assertIn("Salesperson", roles["Salesperson"]["people"])
        self.assertTrue(all(role["may"] for role in roles.values()))
        self.collector.sudo().active = False
        version = self.Version._current(self.company)
        roles = {role["name"]: role for role in version.content["en_US"]["roles"]}
        self.assertNotIn("Collector", roles["Collector"]["people"])

    # === VERSIONS === #

    def test_a_change_adds_a_version_and_nothing_else_does(self):
        run = self._run()
        first = run.version_id
        self.assertEqual((first, first.number), (self._versions(), 1))
        self.assertEqual(self._run().version_id, first)
        self._commit()
        for change in (
            lambda: self.policy.with_user(self.supervisor).write({"min_days": 9}),
            lambda: self.levels[3].with_user(self.supervisor).write({"delay": 4}),
            lambda: self.segment.with_user(self.supervisor).write({"name": "Rest"}),
            lambda: self.levels[10].with_user(self.supervisor).unlink(),
        ):
            before = self._versions()
            change()
            self._commit()
            added = self._versions() - before
            self.assertEqual(added.number, len(before) + 1)
            self.assertEqual(added.user_id, self.supervisor)
        before = self._versions()
        self.policy.sequence = 99
        self._commit()
        self.assertEqual(self._versions(), before)

    def test_old_versions_say_what_they_said(self):
        first = self._run().version_id
        old = self._text(first)
        self.policy.name = "Renamed"
        self._commit()
        self.env.invalidate_all()
        self.assertEqual(self._text(first), old)
        self.assertIn("Renamed", self._text(self._versions()[-1]))

    def test_nothing_is_kept_before_the_first_run(self):
        self.policy.min_days = 9
        self._commit()
        self.assertFalse(self.Version.search([]))

    def test_each_company_has_its_own(self):
        self._run()
        own = self._make_policy("Second only", company_id=self.company_2.id)
        self.env["collections.segment"].create(
            {
                "name": "Second",
                "sequence": 0,
                "policy_id": own.id,
                "company_id": self.company_2.id,
            }
        )
        self._commit()
        self.assertEqual(len(self._versions()), 1)
        other = self.env["collections.run"].with_company(self.company_2).run()
        self.assertEqual(other.version_id.number, 1)
        self.assertIn("Second only", self._text(other.version_id))
        self.assertNotIn("Second only", self._text(self._versions()))

    def test_what_was_in_force_when_a_reminder_was_sent(self):
        run = self._run()
        reminder = run.reminder_ids
        self.assertEqual(reminder.version_id, run.version_id)
        with freeze_time("2024-06-18 12:00:00"):
            self.policy.name = "Changed before sending"
            self._commit()
        second = self._versions()[-1]
        reminder.sudo().date_sent = "2024-06-18 11:59:00"
        self.assertEqual(reminder.version_id, run.version_id)
        reminder.sudo().date_sent = "2024-06-18 12:00:00"
        self.assertEqual(reminder.version_id, second)
        self.assertEqual(run.version_id.date_end, second.date)
        self.assertFalse(second.date_end)
