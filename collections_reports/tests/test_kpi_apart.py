"""What is with a lawyer or written off is left out of the days of sales."""

from odoo.tests import freeze_time, tagged

from .common import QUARTER, ReportsCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-31 12:00:00")
class TestKpiApart(ReportsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._mini_ledger()
        cls.Case.refresh()
        cls.Kpi = cls.env["collections.kpi"].with_company(cls.company)
        cls.case = cls.Case.search([("partner_id", "=", cls.partners["J"].id)])

    def _kpis(self, *codes):
        return self.Kpi.get_kpis(*QUARTER, codes)

    def test_r44_written_off_is_out_of_dso_and_in_recovery(self):
        """R44: 20,000 of 200,000 taken as lost: 180 / 250 × 90 days."""
        before = self._kpis("dso", "recovery_rate", "cei")
        self.assertEqual(before["dso"]["value"], 72.0)
        self._hand_over(self.case, self._stage("written_off"))
        after = self._kpis(
            "dso",
            "dso_countback",
            "best_possible_dso",
            "average_days_delinquent",
            "recovery_rate",
            "cei",
        )
        self.assertEqual(after["dso"]["value"], 64.8)
        self.assertEqual(after["dso"]["inputs"]["set_apart"], 20_000)
        self.assertAlmostEqual(after["dso_countback"]["value"], 31 + 28, delta=0.001)
        self.assertEqual(after["best_possible_dso"]["value"], 36.0)
        self.assertAlmostEqual(after["average_days_delinquent"]["value"], 28.8)
        for code in ("recovery_rate", "cei"):
            self.assertEqual(after[code]["value"], before[code]["value"])
        # Nothing is taken out of the receivables themselves.
        self.assertEqual(self.Aging.get_aging(QUARTER[1])["total"], 200_000)

    def test_an_agency_is_expected_to_collect(self):
        agency = self.env["collections.agency"].create(
            {"partner_id": self._customer("Agency").id}
        )
        self._hand_over(self.case, self._stage("agency"), agency_id=agency.id)
        self.assertEqual(self._kpis("dso")["dso"]["value"], 72.0)

    def test_not_before_and_not_after(self):
        self._hand_over(self.case, self._stage("legal"))
        row = self.case.escalation_id.sudo()
        row.date_start = "2026-03-10"
        [january, february, march] = self.Kpi.get_series(QUARTER[1], 3)
        self.assertEqual((january["set_apart"], february["set_apart"]), (0.0, 0.0))
        self.assertEqual(march["set_apart"], 20_000)
        self.assertEqual(march["receivables"], 200_000)
        self.assertEqual(march["dso"], self._kpis("dso")["dso"]["value"])
        row.write({"state": "ended", "date_end": "2026-03-31"})
        self.assertEqual(self._kpis("dso")["dso"]["value"], 72.0)

    def test_not_due_of_them_is_left_out_too(self):
        case = self.Case.search([("partner_id", "=", self.partners["M"].id)])
        self._hand_over(case, self._stage("legal"), is_forced=True)
        found = self._kpis("best_possible_dso", "dso")
        self.assertEqual(found["best_possible_dso"]["value"], 0.0)
        self.assertEqual(found["dso"]["value"], 36.0)
