"""Every call: the lowest role that may, the highest that may not."""

import inspect
import time
from base64 import b64encode

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOON, CollectionsCommon, day

ROLES = (
    "public",
    "portal",
    "internal",
    "salesperson",
    "collector",
    "accountant",
    "supervisor",
)
# Each with the lowest role that may call it; the arguments are in `_arguments`.
CALLS = {
    ("collections.cheque", "action_deposit"): "collector",
    ("collections.cheque", "action_undo_deposit"): "collector",
    ("collections.cheque", "action_clear"): "collector",
    ("collections.cheque", "action_return"): "collector",
    ("collections.cheque.bounce", "action_save"): "collector",
    ("collections.presentation", "action_present"): "collector",
    ("collections.presentation", "action_undo"): "collector",
    ("collections.case", "action_print_group_statement"): "salesperson",
    ("collections.agreement", "action_accept"): "collector",
    ("collections.agreement", "action_distribute"): "collector",
    ("collections.agreement", "action_offer"): "collector",
    ("collections.agreement", "action_print"): "salesperson",
    ("collections.agreement", "action_withdraw"): "collector",
    ("collections.agency.export", "action_export"): "supervisor",
    ("collections.agency.file", "action_download"): "supervisor",
    ("collections.agency.import", "action_import"): "supervisor",
    ("collections.alert.rule", "action_raise"): "supervisor",
    ("collections.case", "refresh"): "collector",
    ("collections.case", "action_print_statement"): "salesperson",
    ("collections.case", "action_export_statement"): "salesperson",
    ("collections.case", "action_send_statement"): "collector",
    ("collections.case", "action_refresh"): "collector",
    ("collections.case", "action_release_stage"): "collector",
    ("collections.case", "action_approve_escalation"): "supervisor",
    ("collections.case", "action_decline_escalation"): "supervisor",
    ("collections.case", "action_withdraw_escalation"): "collector",
    ("collections.case", "action_dossier_pdf"): "collector",
    ("collections.case", "action_dossier_zip"): "collector",
    ("collections.case", "action_propose_charge"): "collector",
    ("collections.charge", "action_book"): "accountant",
    ("collections.charge", "action_dismiss"): "supervisor",
    ("collections.charge", "action_refresh"): "collector",
    ("collections.case", "action_follow_rules"): "collector",
    ("collections.case", "action_follow_segment"): "collector",
    ("collections.case", "action_remind"): "collector",
    ("collections.case", "action_resume"): "supervisor",
    ("collections.assignment.rule", "action_apply_now"): "supervisor",
    ("collections.case.assign", "action_assign"): "collector",
    ("collections.case.hold", "action_hold"): "collector",
    ("collections.case.release", "action_release"): "collector",
    ("collections.case.stage", "action_apply"): "collector",
    ("collections.escalation", "action_approve"): "supervisor",
    ("collections.escalation", "action_decline"): "supervisor",
    ("collections.escalation", "action_end"): "collector",
    ("collections.escalation", "action_withdraw"): "collector",
    ("collections.case.link", "action_create_link"): "collector",
    ("collections.case.link", "action_revoke_links"): "collector",
    ("collections.case.stop", "action_stop"): "collector",
    ("collections.deposit", "action_look"): "collector",
    ("collections.deposit", "action_open_entry"): "accountant",
    ("collections.deposit", "action_theirs"): "collector",
    ("collections.deposit.match", "action_ask_customer"): "collector",
    ("collections.deposit.match", "action_ask_treasury"): "collector",
    ("collections.deposit.match", "action_not_theirs"): "collector",
    ("collections.deposit.match", "action_payment_notice"): "collector",
    ("collections.dispute", "action_create_credit_note"): "accountant",
    ("collections.dispute", "action_reopen"): "collector",
    ("collections.dispute", "action_take_on"): "collector",
    ("collections.dispute.report", "action_report"): "salesperson",
    ("collections.dispute.resolve", "action_apply"): "collector",
    ("collections.dispute.resolve", "action_create_credit_note"): "accountant",
    ("collections.erase", "action_erase"): "supervisor",
    ("collections.evidence.get", "action_pdf"): "supervisor",
    ("collections.evidence.get", "action_xlsx"): "supervisor",
    ("collections.hold", "action_release"): "collector",
    ("collections.statement.get", "action_pdf"): "salesperson",
    ("collections.statement.get", "action_xlsx"): "salesperson",
    ("account.move", "action_collections_issue"): "accountant",
    ("res.partner", "action_collections_issue"): "salesperson",
    ("collections.history.import", "action_import"): "supervisor",
    ("collections.history.import", "action_template"): "supervisor",
    ("collections.experiment", "action_end"): "supervisor",
    ("collections.experiment", "action_start"): "supervisor",
    ("collections.interaction.log", "action_log"): "collector",
    ("collections.interaction.log", "action_log_and_promise"): "collector",
    ("collections.journal.followup", "action_follow_up"): "supervisor",
    ("collections.letter.batch", "action_download"): "collector",
    ("collections.letter.batch", "action_give_back"): "collector",
    ("collections.letter.post", "action_post"): "collector",
    ("collections.prediction.model", "action_learn"): "supervisor",
    ("collections.promise", "action_approve"): "supervisor",
    ("collections.promise", "action_not_found"): "collector",
    ("collections.promise", "action_refuse"): "supervisor",
    ("collections.promise", "action_withdraw"): "collector",
    ("collections.promise.make", "action_save"): "collector",
    ("collections.first.steps", "action_start"): "supervisor",
    ("collections.first.steps", "action_close"): "supervisor",
    ("collections.first.steps.line", "action_open"): "supervisor",
    ("collections.first.steps.line", "action_review"): "supervisor",
    ("collections.policy.version", "action_print"): "salesperson",
    ("collections.policy.version", "action_print_current"): "supervisor",
    ("collections.reminder", "action_approve"): "supervisor",
    ("collections.reminder", "action_cancel"): "supervisor",
    ("collections.reminder", "action_retry"): "supervisor",
    ("collections.reminder", "action_it_went_out"): "supervisor",
    ("collections.reminder", "action_letter_came_back"): "collector",
    ("collections.reminder", "action_print_letters"): "collector",
    ("collections.reminder", "action_send_again"): "supervisor",
    ("collections.reminder", "action_take_out"): "collector",
    ("collections.reminder.bulk", "action_apply"): "supervisor",
    ("collections.run", "run"): "supervisor",
    ("collections.run", "flush"): "supervisor",
    ("collections.run", "action_approve_all"): "supervisor",
    ("collections.run.start", "action_run"): "supervisor",
    ("collections.run.start", "action_simulate"): "supervisor",
    ("collections.settings", "action_save"): "supervisor",
    ("collections.starter.install", "action_install"): "supervisor",
    ("collections.settings", "action_simulate"): "supervisor",
}
HISTORY = b"key,customer,date,kind\n1,%s,2024-01-02,call"
# It needs a right in accounting: see the test of payment notices.
ACCOUNTING = {("collections.promise", "action_apply_match")}
# They only say which window to open; what is in it, rights decide.
WINDOWS = {
    "action_assign",
    "action_agreement",
    "action_view_agreements",
    "action_bounce",
    "action_cheque",
    "action_view_cheques",
    "action_view_closings",
    "action_view_days",
    "action_view_group",
    "action_view_presentations",
    "action_open_payment",
    "action_collections_case",
    "action_collections_hold",
    "action_collections_promise",
    "action_correct",
    "action_customer_page",
    "action_hold",
    "action_download_slip",
    "action_export",
    "action_import",
    "action_log_call",
    "action_open",
    "action_open_case",
    "action_open_document",
    "action_reassign",
    "action_report_issue",
    "action_resolve",
    "action_open_match",
    "action_payment_notice",
    "action_promise",
    "action_set_stage",
    "action_stop",
    "action_view_alerts",
    "action_view_cases",
    "action_view_credits",
    "action_view_deposits",
    "action_view_disputes",
    "action_view_escalations",
    "action_view_excluded",
    "action_view_items",
    "action_view_members",
    "action_view_promises",
    "action_view_reminders",
    "action_view_simulation",
    "action_view_without_address",
    "action_why_segment",
}
ORM = {
    "message_post",
    "create",
    "write",
    "unlink",
    "copy",
    "default_get",
    "button_draft",
}


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
