"""What customers enter in the portal, and how far it goes without a person."""

from odoo.tests import freeze_time, tagged

from .common import NOON, day
from .test_portal import PDF, PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestPortalForms(PortalCommon):
    def setUp(self):
        super().setUp()
        self._log_in()

    # === PROMISE === #

    def _promise(self, amount="300", when=None, **values):
        date = str(when or day(7))
        return self._send("promise", **self._usd(amount=amount, date=date, **values))

    def test_a_promise_pauses_what_it_covers(self):
        answer = self._promise(lines=self._line(self.first), note="On payday")
        self.assertIn("we noted your promise", answer.text)
        promise = self.case.promise_ids
        self.assertEqual((promise.amount, promise.date), (300.0, day(7)))
        self.assertEqual(promise.line_ids.move_id, self.first)
        self.assertEqual(
            (promise.channel, promise.contact_id, promise.user_id, promise.note),
            ("portal", self.person, self.login, "On payday"),
        )
        self.assertFalse(promise.to_approve)
        self.assertIn("Promised", self._get().text)
        self._refresh()
        self.assertEqual(self.case.amount_promised, 300.0)
        self.assertIn("portal", self.case.interaction_ids.mapped("channel"))

    def test_a_promise_of_the_account(self):
        self._promise("500,50".replace(",50", ""))
        self.assertFalse(self.case.promise_ids.line_ids)

    def test_beyond_the_policy_a_supervisor_approves(self):
        self._promise(when=day(31))
        promise = self.case.promise_ids
        self.assertTrue(promise.to_approve)
        self._refresh()
        self.assertEqual(self.case.amount_promised, 0.0)
        self.assertIn("Waits for our approval", self._get().text)
        promise.with_user(self.supervisor).action_approve()
        self.assertEqual(self.case.amount_promised, 300.0)

    def test_one_document_after_the_other_is_too_much(self):
        """In a row, whatever they are about: the third waits for a person."""
        for move, amount in ((self.first, 300), (self.second, 200), (self.later, 100)):
            self._promise(str(amount), lines=self._line(move))
        self.assertEqual(
            self.case.promise_ids.sorted("id").mapped("to_approve"),
            [False, False, True],
        )

    def test_without_policy_a_person_decides(self):
        self.case.policy_id = False
        self._promise()
        self.assertTrue(self.case.promise_ids.to_approve)

    def test_what_cannot_be_promised(self):
        line = self._line(self.first)
        for values, words in (
            ({"amount": "300.01", "lines": line}, "promise no more"),
            ({"amount": "600.01"}, "promise no more"),
            ({"amount": "-1"}, "enter an amount"),
            ({"amount": "nan"}, "enter an amount"),
            ({"amount": "1.001"}, "enter an amount"),
            ({"when": "soon"}, "enter the date"),
            ({"when": day(-1)}, "promised date is over"),
            ({"lines": self._line(self.foreign)}, "not open any more"),
            ({"lines": "x"}, "not open any more"),
            ({"lines": self._line(self.euros)}, "not open any more"),
            ({"currency": self.jpy.id}, "Nothing is open in this currency"),
        ):
            with self.subTest(values):
                currency = values.pop("currency", None)
                if currency:
                    answer = self._send(
                        "promise", currency=currency, amount="1", date=str(day(1))
                    )
                else:
                    answer = self._promise(**values)
                self.assertIn(words, answer.text)
                self.assertIn("alert-danger", answer.text)
        self.assertFalse(self.case.promise_ids)

    def test_what_was_typed_stays(self):
        text = self._promise("999999", note='"><script>x</script>').text
        self.assertIn('value="999999"', text)
        self.assertNotIn("<script>x", text)

    # === PAYMENT NOTICE === #

    def _notice(self, **values):
        values = {"amount": "200", "date": str(day(-1)), **values}
        return self._send("notice", **self._usd(**values))

    def test_a_payment_notice_with_its_slip(self):
        answer = self._notice(
            bank="Banco Uno 77", files={"slip": ("x.html", PDF, "text/html")}
        )
        self.assertIn("look for your payment", answer.text)
        notice = self.case.promise_ids
        self.assertEqual((notice.kind, notice.bank), ("reported", "Banco Uno 77"))
        self.assertEqual(notice.date_until, day(5))
        slip = notice.slip_id
        self.assertEqual(slip.raw, PDF)
        self.assertEqual(slip.name, f"slip-{notice.id}.pdf")
        # Not even who sent it gets it back from the server, inline or not.
        for address in (f"/collections/slip/{notice.id}", f"/web/content/{slip.id}"):
            self.assertEqual(self.url_open(address).status_code, 404)
        self.authenticate(self.collector.login, self.collector.login)
        answer = self.url_open(f"/collections/slip/{notice.id}")
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_slips_that_are_none(self):
        for content in (b"<html>", b"", b"%PDF-" + b"x" * 5 * 1024 * 1024):
            answer = self._notice(files={"slip": ("slip.pdf", content)})
            if content:
                self.assertIn("PDF, PNG or JPEG", answer.text)
        self.assertEqual(len(self.case.promise_ids), 1)
        self.assertFalse(self.case.promise_ids.has_slip)

    def test_a_notice_is_about_the_past(self):
        self.assertIn("already made", self._notice(date=str(day(1))).text)

    # === DISPUTE === #

    def _dispute(self, *moves, **values):
        reason = self.env["collections.dispute.reason"].search([], limit=1)
        values = {"reason": reason.id, "note": "Two boxes broken", **values}
        lines = [self._line(move) for move in moves]
        return self._send("dispute", **self._usd(lines=lines, **values))

    def test_a_dispute_pauses_until_the_policys_limit(self):
        self.assertIn("answer you", self._dispute(self.first, amount="120").text)
        dispute = self.case.dispute_ids
        self.assertEqual(dispute.amount, 120.0)
        self.assertEqual(dispute.description, "Two boxes broken")
        self.assertEqual(dispute.date_pause_end, day(5))
        self.assertEqual(dispute.user_id, self.collector)
        self.assertEqual(dispute.activity_ids.user_id, self.collector)
        self.assertNotIn(self.person, dispute.message_partner_ids)
        self._refresh()
        self.assertEqual(self.case.amount_disputed, 120.0)
        self.assertIn("Being reviewed", self._get().text)
        with freeze_time(f"{day(6)} 12:00:00"):
            self._refresh()
            self.assertEqual(self.case.amount_disputed, 0.0)
            dispute.with_user(self.collector).action_take_on()
            self._refresh()
            self.assertEqual(self.case.amount_disputed, 120.0)

    def test_a_second_time_it_pauses_nothing_by_itself(self):
        self._dispute(self.first)
        self.assertIn("already being reviewed", self._dispute(self.first).text)
        self.case.dispute_ids._resolve("rejected", "It was right")
        self.assertIn("It was right", self._get().text)
        self._dispute(self.first, self.second)
        self.assertEqual(len(self.case.dispute_ids), 2)
        self._refresh()
        self.assertEqual(self.case.amount_disputed, 0.0)

    def test_a_dispute_says_what_and_why(self):
        for values in ({}, {"note": " "}, {"reason": "0"}):
            moves = [self.first] if values else []
            self.assertIn("choose the documents", self._dispute(*moves, **values).text)
        both = self._dispute(self.first, self.second, amount="10")
        self.assertIn("one document at a time", both.text)
        self.assertFalse(self.case.dispute_ids)

    # === AGREEMENT === #

    def _ask(self, **values):
        values = {"count": "3", "date": str(day(10)), "note": "Please", **values}
        return self._send("instalments", **self._usd(**values))

    def test_asking_offering_accepting(self):
        self.assertIn("look at your request", self._ask().text)
        agreement = self.case.agreement_ids
        self.assertEqual((agreement.state, agreement.amount), ("draft", 500.0))
        self.assertEqual(len(agreement.line_ids), 3)
        self.assertTrue(self.case.activity_ids)
        self._refresh()
        self.assertEqual(self.case.amount_agreed, 0.0)
        self.assertNotIn("Our proposal", self._get().text)
        self.assertIn("already asked", self._ask().text)
        agreement.with_user(self.collector).action_offer()
        self.assertIn("Our proposal", self._get().text)
        values = {"agreement": agreement.id, "seal": agreement.offer_key}
        # What changed meanwhile is not what the customer saw.
        agreement.line_ids[0].amount += 0.01
        agreement.line_ids[1].amount -= 0.01
        self.assertNotIn("Our proposal", self._get().text)
        self.assertIn("This proposal changed", self._accept(**values).text)
        agreement.with_user(self.collector).action_offer()
        self.assertIn("This proposal changed", self._accept(**values).text)
        values["seal"] = agreement.offer_key
        self.assertIn("agreement is accepted", self._accept(**values).text)
        self.assertEqual(agreement.state, "accepted")
        self.assertEqual(agreement.accepted_by_id, self.login)
        self._refresh()
        self.assertEqual(self.case.amount_agreed, 500.0)
        self.assertIn("In an agreement", self._get().text)

    def _accept(self, **values):
        page = self._get()
        data = {"csrf_token": self._csrf(self._get("promise").text), **values}
        self.assertEqual(page.status_code, 200)
        return self.url_open(self._path("instalments"), data=data)

    def test_what_was_not_offered_is_not_accepted(self):
        self._ask()
        agreement = self.case.agreement_ids
        for seal in ("", "x", agreement._fingerprint()):
            answer = self._accept(agreement=agreement.id, seal=seal)
            self.assertIn("This proposal changed", answer.text)
        self.assertEqual(agreement.state, "draft")

    def test_what_cannot_be_asked_for(self):
        for values, words in (
            ({"count": "7"}, "between 2 and 6"),
            ({"count": "1"}, "between 2 and 6"),
            ({"date": str(day(61))}, "next 60 days"),
            ({"date": str(day(-1))}, "next 60 days"),
        ):
            self.assertIn(words, self._ask(**values).text)
        self.assertFalse(self.case.agreement_ids)

    # === MESSAGES === #

    def test_channels(self):
        self._send("messages", channel="email", wanted="no")
        rows = self.env["collections.consent"].search(
            [("partner_id", "=", self.person.id)]
        )
        self.assertEqual(
            rows.mapped(lambda row: (row.channel, row.state, row.origin)),
            [("email", "revoked", "portal")],
        )
        self.assertIn("You do not want it", self._get("messages").text)
        self._send("messages", channel="email", wanted="yes")
        self.assertIn("You agreed to it", self._get("messages").text)
        for values in ({"channel": "all"}, {"channel": "x"}, {"wanted": "maybe"}):
            answer = self._send(
                "messages", **{"channel": "sms", "wanted": "no", **values}
            )
            self.assertIn("choose one of the channels", answer.text)

    # === LIMITS === #

    def test_more_than_a_person_means(self):
        for number in range(20):
            self.Portal._log(self.Portal._visit(self.case, self.person), f"{number}")
        for answer in (self._promise(), self._notice(), self._ask()):
            self.assertIn("You entered a lot today", answer.text)
        self.assertFalse(self.case.promise_ids)

    def test_all_of_it_by_a_link(self):
        self.logout()
        token = self._token()
        values = self._usd(amount="300", date=str(day(3)))
        answer = self._send("promise", token=token, **values)
        self.assertIn("we noted your promise", answer.text)
        self.assertIn("access_token=", answer.url)
        promise = self.case.promise_ids
        self.assertEqual(promise.contact_id, self.person)
        self.assertEqual(promise.user_id, self.env.ref("base.public_user"))
        self._send("messages", token=token, channel="sms", wanted="no")
        consent = self.env["collections.consent"].search([], limit=1)
        self.assertEqual((consent.partner_id, consent.channel), (self.person, "sms"))
