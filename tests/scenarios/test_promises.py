"""What was agreed, from the first reminder to the last verdict, with all addons."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.collections_management.tests.common import CollectionsCommon, day
from odoo.addons.mail.tests.common import MockEmail


def noon(offset):
    return freeze_time(f"{day(offset)} 12:00:00")


@tagged("post_install", "-at_install")
class TestPromises(MockEmail, CollectionsCommon):
    """Reminder, promise, part of it paid, reminders go on at their level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with noon(0):
            cls._setup_second_company()
            cls._make_users()
            cls.policy.write({"agreement_max_misses": 1, "notice_days": 5})
            cls.customer = cls._customer(user_id=cls.salesperson.id)
            cls.move = cls._invoices((cls.customer, day(-5), 1000.0))
            cls.other = cls._invoices(
                (cls.customer, day(-5), 300.0), company=cls.company_2
            )
            cls.Case.refresh()
            cls.Case.with_company(cls.company_2).refresh()

    def _send_on(self, offset):
        with noon(offset), self.mock_mail_gateway():
            run = self._run()
            run.flush()
        return run.reminder_ids.filtered(lambda r: r.state == "sent")

    def _dialog(self, model, **values):
        case = self._case(self.customer)
        return (
            self.env[model]
            .with_user(self.collector)
            .create({"case_id": case.id, **values})
        )

    def _kind(self):
        return self._case(self.customer).stage_id.kind

    def test_a_promise_kept_in_part(self):
        self.assertEqual(self._send_on(0).level_delay, 3)
        with noon(1):
            self._dialog(
                "collections.promise.make", amount=1000.0, date=day(6)
            ).action_save()
        promise = self.env["collections.promise"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(self._kind(), "promised")
        # The other company's case of the same customer goes on.
        theirs = self._case(self.customer, self.company_2)
        self.assertEqual(theirs.amount_actionable, theirs.amount_overdue)
        for role in ("salesperson", "collector", "supervisor"):
            own = promise.with_user(getattr(self, role))
            self.assertEqual(own.read(["state"])[0]["state"], "open")
        for role in ("other_salesperson", "internal", "portal"):
            with self.assertRaises(AccessError):
                promise.with_user(getattr(self, role)).read(["state"])
        self.assertFalse(self._send_on(6))
        with noon(6):
            self._pay(self.move, 400.0, when=day(6))
            self._follow()
        self.assertEqual(self._case(self.customer).amount_promised, 600.0)
        self.assertFalse(self._send_on(8))
        again = self._send_on(9)
        self.assertEqual(promise.state, "partially_kept")
        self.assertEqual((again.level_delay, again.amount_net), (10, 600.0))
        self.assertEqual(self._kind(), "level")
        log = self._case(self.customer).interaction_ids.mapped("channel")
        self.assertEqual(log.count("system"), 1)

    def test_the_table_and_its_three_rates(self):
        """M9: six promises through dialog, ledger and key figures."""
        with noon(0):
            moves = self._invoices(
                *[(self.customer, day(-5), amount) for amount in (2000, 500, 800)],
                *[(self.customer, day(-5), amount) for amount in (700, 1200)],
            )
            moves = self.move + moves
            self._refresh()
            for move, offset in zip(moves, (5, 5, 5, 5, 5, 9), strict=True):
                self._dialog(
                    "collections.promise.make",
                    item_ids=[(6, 0, self._receivable_lines(move).ids)],
                    amount=move.amount_total,
                    date=day(offset),
                ).action_save()
            found = self.env["collections.promise"].search(
                [("partner_id", "=", self.customer.id)], order="id"
            )
            found[4].with_user(self.collector).action_withdraw()
        for move, offset, amount in zip(
            (moves[0], moves[1], moves[3]), (4, 5, 7), (1000, 1500, 800), strict=True
        ):
            with noon(offset):
                self._pay(move, amount, when=day(offset))
        with noon(8):
            self._run()
            self.assertEqual(
                found.mapped("state"),
                ["kept", "partially_kept", "broken", "kept", "withdrawn", "open"],
            )
            kpis = self.env["collections.kpi"].with_user(self.supervisor)
            figure = kpis.get_kpis(day(0), day(8), ["promise_kept_rate"])
            [figure] = figure.values()
        inputs = figure["inputs"]
        rates = figure["value"], inputs["strict_amount"], inputs["collected_amount"]
        self.assertEqual([round(rate, 1) for rate in rates], [50.0, 41.9, 76.7])

    def test_a_payment_that_is_never_found(self):
        self._send_on(0)
        self.company.collections_treasurer_id = self.accountant
        with noon(1):
            self._dialog(
                "collections.promise.make", kind="reported", amount=1000.0, date=day(1)
            ).action_save()
        self.assertFalse(self._send_on(6))
        self.assertEqual(self._send_on(7).level_delay, 10)
        activity = self._case(self.customer).activity_ids
        self.assertEqual(activity.user_id, self.accountant)

    def test_an_agreement_with_a_missed_instalment(self):
        self._send_on(0)
        with noon(1):
            agreement = self._dialog(
                "collections.agreement",
                currency_id=self.company.currency_id.id,
                date_first=day(8),
                count=2,
                period="week",
            )
            agreement.action_accept()
        self.assertEqual(self._send_on(5).kind, "instalment")
        with noon(8):
            self._pay(self.move, 500.0, when=day(8))
            self._follow()
        self.assertEqual(agreement.state, "active")
        self.assertFalse(self._send_on(17).filtered(lambda r: r.kind == "dunning"))
        again = self._send_on(18)
        self.assertEqual(agreement.state, "broken")
        self.assertEqual((again.level_delay, again.amount_net), (10, 500.0))
