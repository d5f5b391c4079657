"""Every call: the lowest role that may, the highest that may not."""

import inspect
import time
from base64 import b64encode

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOON, CollectionsCommon, day
from .method_tables import ACCOUNTING, CALLS, ORM, WINDOWS

ROLES = (
    "public",
    "portal",
    "internal",
    "salesperson",
    "collector",
    "accountant",
    "supervisor",
)
HISTORY = b"key,customer,date,kind\n1,%s,2024-01-02,call"


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestMethods(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_users(*(role for role in ROLES if role != "public"))
        cls.public = cls.env.ref("base.public_user")
        # May edit invoices as well: to follow up a journal needs both.
        cls.supervisor.group_ids += cls.env.ref("account.group_account_invoice")
        cls.customer = cls._customer(user_id=cls.salesperson.id)
        cls.invoice = cls._invoices((cls.customer, day(-10), 100.0))
        cls.company.collections_mode = "propose"
        cls.today_run = cls.env["collections.run"].run()
        line = cls.env["account.bank.statement.line"].create(
            {"journal_id": cls.bank.id, "date": day(-1), "amount": 100.0}
        )
        cls.deposit = cls.env["collections.deposit"].browse(line.id * 4)
        cls.env["collections.deposit.finder"]._find(cls.company)
        cls.match = cls.deposit.match_ids
        cls.case = cls.env["collections.case"].search(
            [("partner_id", "=", cls.customer.id)]
        )
        product = cls.env["product.product"].create({"name": "Interest"})
        cls.env["collections.interest.rule"].create(
            {
                "name": "By contract",
                "method": "yearly",
                "product_id": product.id,
                "rate_ids": [(0, 0, {"date_from": "2020-01-01", "rate": 36.5})],
            }
        )

    def _public_methods(self):
        """Return model and name of what the web client could call."""
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            for base in model.mro():
                if not base.__module__.startswith("odoo.addons.collections_management"):
                    continue
                for method, function in vars(base).items():
                    if (
                        inspect.isfunction(function)
                        and not method.startswith("_")
                        and not getattr(function, "_api_private", False)
                    ):
                        yield name, method

    def test_every_method_is_in_a_table(self):
        missing = {
            (model, method)
            for model, method in self._public_methods()
            if method not in WINDOWS | ORM
            and (model, method) not in CALLS.keys() | ACCOUNTING
        }
        self.assertFalse(missing)
        self.assertFalse(set(CALLS) - set(self._public_methods()))

    def _record(self, model):
        """Return something to call methods on."""
        if model.startswith(("collections.agency", "collections.escalation")):
            return self._handed_over(model)
        if make := self._makers().get(model):
            return make()
        return self.env[model].create(self._values(model).get(model, {}))

    def _makers(self):
        """What is there already, or is made by more than its values."""
        return {
            "account.move": lambda: self.invoice,
            "collections.alert.rule": lambda: self.env.ref(
                "collections_management.alert_rule_silent"
            ),
            "collections.case": lambda: self.case,
            "collections.charge": self._charge,
            "collections.cheque": self._cheque,
            "collections.deposit": lambda: self.deposit.with_context(
                collections_case_id=self.case.id
            ),
            "collections.deposit.match": lambda: self.match,
            "collections.dispute": self._dispute,
            "collections.letter.batch": self._letters,
            "collections.policy.version": lambda: self.today_run.version_id,
            "collections.prediction.model": lambda: self.env[
                "collections.prediction.model"
            ],
            "collections.presentation": self._presentation,
            "collections.reminder": lambda: self.today_run.reminder_ids,
            "collections.run": lambda: self.today_run,
            "res.partner": lambda: self.customer,
        }

    def _values(self, model):
        """What a dialog is opened with; what it is about is made only for its own."""
        if model == "collections.reminder.bulk":
            # Something that can still be changed.
            self.today_run.reminder_ids.sudo().state = "queued"
        about = {
            "collections.cheque.bounce": lambda: {
                "cheque_ids": [(6, 0, self._cheque().ids)]
            },
            "collections.dispute.resolve": lambda: {"dispute_id": self._dispute().id},
            "collections.experiment": lambda: {
                "name": "Earlier",
                "segment_id": self.segment.id,
                "challenger_id": self._make_policy("Other").id,
                "date_end": day(60),
            },
            "collections.letter.post": lambda: {"batch_id": self._letters().id},
        }
        return {model: about[model]()} if model in about else self._dialogs()

    def _dialogs(self):
        case, cases = {"case_id": self.case.id}, {"case_ids": [(6, 0, self.case.ids)]}
        reason_id = self.env["collections.hold.reason"].search([], limit=1).id
        steps = self.env["collections.first.steps"].with_user(self.supervisor)
        return {
            "collections.agreement": {
                **case,
                "currency_id": self.company.currency_id.id,
                "date_first": day(5),
            },
            "collections.assignment.rule": {"name": "Rule"},
            "collections.case.assign": {**cases, "user_id": self.collector.id},
            "collections.case.hold": {**cases, "reason_id": reason_id},
            "collections.case.link": case,
            "collections.case.release": {**cases, "reason": "Paid in part"},
            "collections.case.stage": {
                **cases,
                "stage_id": self._stage("legal").id,
                "reason": "Court",
            },
            "collections.case.stop": {**case, "stop_flag": "sued", "note": "File 7"},
            "collections.dispute.report": {
                **case,
                "reason_id": self.env.ref(
                    "collections_management.dispute_reason_other"
                ).id,
            },
            "collections.erase": case,
            "collections.evidence.get": case,
            "collections.first.steps.line": {
                "wizard_id": steps.create({}).id,
                "code": "segments",
                "name": "Segments",
                "state": "done",
            },
            "collections.history.import": {
                "source": "Old",
                "file": b64encode(HISTORY % self.customer.email.encode()),
            },
            "collections.hold": {**case, "reason_id": reason_id, "date_end": day(1)},
            "collections.interaction.log": {**case, "text": "Busy"},
            "collections.promise": {**case, "amount": 10.0, "date": day(1)},
            "collections.promise.make": case,
            "collections.reminder.bulk": {
                "reminder_ids": [(6, 0, self.today_run.reminder_ids.ids)],
                "action": "cancel",
            },
            "collections.starter.install": {
                "starter_id": self.env.ref("collections_management.starter_goods").id
            },
            "collections.statement.get": cases,
        }

    def _presentation(self):
        # They come from the ledger.
        row = self.env["collections.presentation"].sudo()
        values = {"case_id": self.case.id, "number": "F-1"}
        return row.create(values).with_env(self.env)

    def _charge(self):
        # What an earlier call booked may be proposed again.
        charge = self.env["collections.charge"]
        charge.sudo().search([]).line_ids.is_booked = False
        return charge._propose(self.case).with_env(self.env)

    def _handed_over(self, model):
        """Return something about a case that an agency has, or is to get."""
        agency = self.env["collections.agency"].search([], limit=1)
        partner = self._customer("Agency", email="agency@example.com")
        agency = agency or agency.create({"partner_id": partner.id})
        if model == "collections.agency.export":
            if not agency.case_count:
                stage = self._stage("agency")
                self._hand_over(self.case, stage, agency_id=agency.id)
            return self.env[model].create({"agency_id": agency.id})
        if model == "collections.agency.import":
            if not agency.case_count:
                stage = self._stage("agency")
                self._hand_over(self.case, stage, agency_id=agency.id)
            line = f"k{time.monotonic_ns()},CASE-{self.case.id},2024-06-01,contact,Busy"
            content = f"row_key,case_ref,date,kind,text\n{line}".encode()
            return self.env[model].create(
                {"agency_id": agency.id, "file": b64encode(content)}
            )
        if model == "collections.agency.file":
            return self.env["collections.agency.exporter"]._make(agency, "csv")
        asked = self.env[model].search([("state", "=", "requested")])
        return asked or self.env[model].sudo().create(
            {
                "case_id": self.case.id,
                "stage_id": self._stage("legal").id,
                "reason": "Court",
            }
        )

    def _cheque(self):
        """A cheque of its own for each call."""
        number = self.env["collections.cheque"].search_count([]) + 1
        promise = self.env["collections.promise"].create(
            {"case_id": self.case.id, "kind": "cheque", "amount": 1.0, "date": day(9)}
        )
        return self.env["collections.cheque"].create(
            {"promise_id": promise.id, "number": str(number), "bank": "Bank"}
        )

    def _letters(self):
        """Return printed letters that wait to be posted."""
        letter = self.today_run.reminder_ids[:1].sudo()
        batch = self.env["collections.letter.batch"].sudo()
        batch = batch.create({"company_id": letter.company_id.id})
        letter.write({"state": "sending", "letter_batch_id": batch.id})
        return batch.with_env(self.env)

    def _dispute(self):
        reason = self.env.ref("collections_management.dispute_reason_other")
        line = self.env["collections.item"].search(
            [("move_id", "=", self.invoice.id)], limit=1
        )
        return self.env["collections.dispute"]._open(
            [{"case": self.case, "reason_id": reason.id, "items": {line.id: None}}]
        )

    def test_calls(self):
        for (model, method), lowest in CALLS.items():
            position = ROLES.index(lowest)
            record = self._record(model)
            for role in ROLES[:position]:
                with self.subTest(model=model, method=method, role=role):
                    self._assert_refused(record, method, role)
            with self.subTest(model=model, method=method, role=lowest):
                own = record.with_user(getattr(self, lowest))
                if record._transient and record:
                    # A dialog belongs to the person who opened it.
                    self.env.cr.execute(
                        f'UPDATE "{record._table}" SET create_uid = %s WHERE id = %s',
                        [own.env.uid, record.id],
                    )
                    record.invalidate_recordset()
                getattr(own, method)()

    def _assert_refused(self, record, method, role):
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            getattr(record.with_user(getattr(self, role)), method)()

    def test_windows_do_nothing(self):
        for model, method in self._public_methods():
            if method not in WINDOWS or (model, method) in CALLS:
                continue
            if model in ("account.move", "res.partner") or "view_simul" in method:
                continue
            with self.subTest(model=model, method=method):
                records = self.env[model].search([], limit=1)
                if records:
                    action = getattr(records.with_user(self.supervisor), method)()
                    self.assertIn("act_window", action["type"])

    # === OTHER COMPANIES === #

    def _stranger(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        return new_test_user(
            self.env,
            "test_stranger",
            groups="collections_management.group_supervisor",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    def test_supervisor_of_another_company(self):
        """All that works on a record, on one that is not theirs."""
        stranger = self._stranger()
        for model, method in CALLS:
            if model not in (
                "collections.agreement",
                "collections.case",
                "collections.charge",
                "collections.reminder",
                "collections.run",
                "collections.dispute",
                "collections.escalation",
                "collections.hold",
                "collections.letter.batch",
                "collections.promise",
                "collections.cheque",
                "collections.presentation",
            ) or method in ("run", "refresh"):
                continue
            record = self._record(model).with_user(stranger)
            with (
                self.subTest(model=model, method=method),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                getattr(record, method)()

    def test_dialogs_for_another_company(self):
        stranger = self._stranger()
        for model, method in (
            ("collections.settings", "action_save"),
            ("collections.run.start", "action_run"),
            ("collections.run.start", "action_simulate"),
            ("collections.journal.followup", "action_follow_up"),
        ):
            with (
                self.subTest(model=model, method=method),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                dialog = (
                    self.env[model]
                    .with_user(stranger)
                    .create({"company_id": self.company.id})
                )
                getattr(dialog, method)()
