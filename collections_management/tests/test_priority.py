"""What acting on a case is worth: where it comes from, who sees it, what it orders."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import NOON, CollectionsCommon, day


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPriority(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users("salesperson", "collector", "supervisor", "internal")
        cls.company.collections_collector_id = cls.collector
        cls.first, cls.second = cls._customers(2, phone="+1 555 010 0100")
        cls._invoices((cls.first, day(-10), 900.0), (cls.second, day(-45), 300.0))
        cls.env["collections.case"].refresh()

    def _priority(self, partner):
        return self._case(partner).priority_value

    def _log(self, partner, result, **values):
        return self.env["collections.interaction"].create(
            {
                "case_id": self._case(partner).id,
                "result_id": self.env.ref(
                    f"collections_management.interaction_result_{result}"
                ).id,
                "date": "2024-06-10 12:00:00",
                **values,
            }
        )

    # === WHAT IT IS MADE OF === #

    def test_r52_by_hand(self):
        """R52: 300 × (1 − 14/74) × ½ × 0.5^(45/180) ÷ 1: importance and urgency."""
        expected = 300 * (1 - 14 / 74) * 0.5 * 0.5 ** (45 / 180)
        self.assertAlmostEqual(self._priority(self.second), expected, places=2)

    def test_r54_prediction_is_used(self):
        """R54: who is predicted to pay by itself is not called."""
        case = self._case(self.second)
        before = case.priority_value
        self.env.cr.execute(
            "UPDATE collections_case SET chance_soon = 0.95 WHERE id = %s", [case.id]
        )
        self.env["collections.case"].refresh([self.second.id])
        self.assertTrue(case.priority_parts["is_predicted"])
        self.assertLess(case.priority_value, before / 10)
        self.assertIn("predicted", case.priority_text)

    def test_answers_and_unanswered_calls(self):
        before = self._priority(self.second)
        self._log(self.second, "informed")
        self.env["collections.case"].refresh([self.second.id])
        self.assertGreater(self._priority(self.second), before)
        for _call in range(3):
            self._log(self.second, "no_answer", date="2024-06-11 12:00:00")
        self.env["collections.case"].refresh([self.second.id])
        self.assertEqual(self._case(self.second).priority_parts["way"], "write")

    def test_corrected_rows_count_as_their_correction(self):
        row = self._log(self.second, "informed")
        self._log(self.second, "no_answer", corrects_id=row.id)
        self.env["collections.case"].refresh([self.second.id])
        self.assertAlmostEqual(
            self._case(self.second).priority_parts["answer"], 2 / 5, places=4
        )

    def test_broken_promise_is_urgent_until_somebody_talks(self):
        promise = self.env["collections.promise"].create(
            {"case_id": self._case(self.second).id, "amount": 100.0, "date": day(1)}
        )
        self.env["collections.case"].refresh()
        parts = self._case(self.second).priority_parts
        self.assertEqual([row[0] for row in parts["reasons"]], ["due"])
        with freeze_time("2024-06-24 12:00:00"):
            self.env["collections.case"].refresh()
            self.assertEqual(promise.state, "broken")
            case = self._case(self.second)
            self.assertIn("a promise was not kept", case.priority_text)
            self._log(self.second, "informed", date="2024-06-24 11:00:00")
            self.env["collections.case"].refresh([self.second.id])
            self.assertNotIn("not kept", case.priority_text)

    def test_r07_edge_of_a_band_is_urgent(self):
        """R07: before the debt gets older than 60 days."""
        with freeze_time("2024-07-02 12:00:00"):
            self.env["collections.case"].refresh()
            case = self._case(self.second)
            self.assertEqual(case.priority_parts["urgency"], 1.5)
            self.assertIn("over 60 days old tomorrow", case.priority_text)

    def test_contacts_count_and_nothing_to_ask_is_worth_nothing(self):
        self.second.phone = False
        self.env["res.partner"].create(
            {"name": "Till", "parent_id": self.second.id, "phone": "555"}
        )
        self.env["collections.case"].refresh([self.second.id])
        self.assertEqual(self._case(self.second).priority_parts["way"], "call")
        self._pay(self._case(self.second).item_ids.move_id)
        self.env["collections.case"].refresh([self.second.id])
        self.assertEqual(self._priority(self.second), 0.0)
        self.assertFalse(self._case(self.second).priority_text)

    def test_stopped_case_has_none(self):
        case = self._case(self.second)
        case.stop_flag = "sued"
        self.env["collections.case"].refresh([self.second.id])
        self.assertEqual(case.priority_value, 0.0)

    # === WHO IS GRADED === #

    def test_person_is_not_profiled(self):
        """Only companies are graded: a person's habits and answers do not count."""
        self.second.is_company = False
        self._log(self.second, "informed")
        self.env["collections.case"].refresh([self.second.id])
        self.assertEqual(self._case(self.second).priority_parts["answer"], 0.5)
        self.company.collections_scoring = "all"
        self.env["collections.case"].refresh()
        self.env["collections.prioritizer"]._prioritize(self.company, day(0))
        self.assertEqual(self._case(self.second).priority_parts["answer"], 0.6)

    def test_off_is_off_in_its_company(self):
        """Nothing is left of it, and the list goes by amount × days as before."""
        self._invoices((self.first, day(-10), 900.0), company=self.company_2)
        self.env["collections.case"].with_company(self.company_2).refresh()
        self.company.collections_scoring = "off"
        self.env["collections.scorer"].sudo()._score_safely(self.company)
        self.assertEqual(self._priority(self.first), 0.0)
        self.assertFalse(self._case(self.first).priority_parts)
        other = self.env["collections.case"].search(
            [("company_id", "=", self.company_2.id)]
        )
        self.assertGreater(other.priority_value, 0.0)
        page = self.env["collections.worklist"].with_user(self.collector).get_worklist()
        names = [row["name"] for row in page["rows"]]
        self.assertEqual(names, [self.second.name, self.first.name])
        self.assertRegex(page["rows"][0]["why"], r"× 45 days$")

    def test_worklist_goes_by_priority_and_says_why(self):
        """900 of 10 days before 300 of 45; by amount × days it is the other way."""
        rows = (
            self.env["collections.worklist"]
            .with_user(self.collector)
            .get_worklist()["rows"]
        )
        self.assertEqual(
            [row["name"] for row in rows], [self.first.name, self.second.name]
        )
        self.assertIn("likely to pay by itself", rows[0]["why"])

    # === WEIGHTS === #

    def test_weights_are_the_company_s(self):
        before = self._priority(self.second)
        settings = (
            self.env["collections.settings"].with_user(self.supervisor).create({})
        )
        self.assertEqual(settings.priority_half_life, 180)
        settings.priority_half_life = 45
        settings.action_save()
        self.env["collections.scorer"].sudo()._score(self.company)
        self.assertLess(self._priority(self.second), before)

    def test_weights_that_make_no_sense_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "work is more than 0"):
            self.company.collections_priority_message = 0.0

    # === ACCESS AND STATEMENTS === #

    def test_read_only_and_by_role(self):
        case = self._case(self.second)
        with self.assertRaises(AccessError):
            case.with_user(self.supervisor).priority_value = 1.0
        with self.assertRaises(AccessError):
            case.with_user(self.internal).read(["priority_value"])
        self.assertTrue(case.with_user(self.collector).priority_text)
        self.second.user_id = self.salesperson
        self.env["collections.case"].refresh([self.second.id])
        self.assertTrue(case.with_user(self.salesperson).priority_text)

    def test_high_priority_and_order(self):
        found = self.env["collections.case"].search([("is_high_priority", "=", True)])
        self.assertEqual(found.partner_id, self.first)
        self.assertTrue(self._case(self.first).is_high_priority)
        self.assertFalse(self._case(self.second).is_high_priority)
        cases = self.env["collections.case"].search(
            [("partner_id", "in", (self.first | self.second).ids)]
        )
        self.assertEqual(cases.partner_id, self.first | self.second)

    def test_two_statements_whatever_the_number(self):
        partners = self._customers(20)
        self._invoices(*((partner, day(-20), 100.0) for partner in partners))
        self.env["collections.case"].refresh()
        prioritizer = self.env["collections.prioritizer"]
        for size in (1, 20):
            self.env.cr.execute("UPDATE collections_case SET priority_value = 0")
            self.env.invalidate_all()
            self.company._collections_settings()
            self.company.mapped("collections_scoring")  # read before it counts
            with self.assertQueryCount(2):
                prioritizer._prioritize(self.company, day(0), partners[:size].ids)
        with self.assertQueryCount(1):
            prioritizer._prioritize(self.company, day(0), partners.ids)
