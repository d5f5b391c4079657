"""Every call: the lowest role that may, the highest that may not."""

import inspect
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
    ("collections.agreement", "action_accept"): "collector",
    ("collections.agreement", "action_distribute"): "collector",
    ("collections.agreement", "action_offer"): "collector",
    ("collections.agreement", "action_print"): "salesperson",
    ("collections.agreement", "action_withdraw"): "collector",
    ("collections.alert.rule", "action_raise"): "supervisor",
    ("collections.case", "refresh"): "collector",
    ("collections.case", "action_print_statement"): "salesperson",
    ("collections.case", "action_export_statement"): "salesperson",
    ("collections.case", "action_send_statement"): "collector",
    ("collections.case", "action_refresh"): "collector",
    ("collections.case", "action_release_stage"): "collector",
    ("collections.case", "action_follow_rules"): "collector",
    ("collections.case", "action_follow_segment"): "collector",
    ("collections.case", "action_remind"): "collector",
    ("collections.case", "action_resume"): "supervisor",
    ("collections.assignment.rule", "action_apply_now"): "supervisor",
    ("collections.case.assign", "action_assign"): "collector",
    ("collections.case.hold", "action_hold"): "collector",
    ("collections.case.stage", "action_apply"): "collector",
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
    ("collections.interaction.log", "action_log"): "collector",
    ("collections.interaction.log", "action_log_and_promise"): "collector",
    ("collections.journal.followup", "action_follow_up"): "supervisor",
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
    ("collections.reminder", "action_send_again"): "supervisor",
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
    "action_collections_case",
    "action_collections_hold",
    "action_collections_promise",
    "action_correct",
    "action_customer_page",
    "action_hold",
    "action_download_slip",
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
    "action_view_excluded",
    "action_view_items",
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
        stage = self.env.ref("collections_management.stage_legal")
        reason = self.env["collections.hold.reason"].search([], limit=1)
        case = {"case_id": self.case.id}
        hold = {**case, "reason_id": reason.id, "date_end": day(1)}
        found = {
            "account.move": self.invoice,
            "collections.alert.rule": self.env.ref(
                "collections_management.alert_rule_silent"
            ),
            "collections.case": self.case,
            "collections.deposit": self.deposit.with_context(
                collections_case_id=self.case.id
            ),
            "collections.deposit.match": self.match,
            "collections.policy.version": self.today_run.version_id,
            "collections.prediction.model": self.env["collections.prediction.model"],
            "collections.run": self.today_run,
            "res.partner": self.customer,
        }
        if model in ("collections.dispute", "collections.dispute.resolve"):
            found["collections.dispute"] = self._dispute()
        dispute = found.get("collections.dispute", self.env["collections.dispute"])
        reason_id = self.env.ref("collections_management.dispute_reason_other").id
        values = {
            "collections.agreement": {
                **case,
                "currency_id": self.company.currency_id.id,
                "date_first": day(5),
            },
            "collections.dispute.report": {**case, "reason_id": reason_id},
            "collections.dispute.resolve": {"dispute_id": dispute.id},
            "collections.assignment.rule": {"name": "Rule"},
            "collections.case.assign": {
                "case_ids": [(6, 0, self.case.ids)],
                "user_id": self.collector.id,
            },
            "collections.case.hold": {
                "case_ids": [(6, 0, self.case.ids)],
                "reason_id": reason.id,
            },
            "collections.case.stage": {
                "case_ids": [(6, 0, self.case.ids)],
                "stage_id": stage.id,
                "reason": "Court",
            },
            "collections.case.link": case,
            "collections.case.stop": {**case, "stop_flag": "sued", "note": "File 7"},
            "collections.erase": case,
            "collections.evidence.get": case,
            "collections.starter.install": {
                "starter_id": self.env.ref("collections_management.starter_goods").id
            },
            "collections.statement.get": {"case_ids": [(6, 0, self.case.ids)]},
            "collections.hold": hold,
            "collections.reminder.bulk": {
                "reminder_ids": [(6, 0, self.today_run.reminder_ids.ids)],
                "action": "cancel",
            },
            "collections.first.steps.line": {
                "wizard_id": self.env["collections.first.steps"]
                .with_user(self.supervisor)
                .create({})
                .id,
                "code": "segments",
                "name": "Segments",
                "state": "done",
            },
            "collections.history.import": {
                "source": "Old",
                "file": b64encode(HISTORY % self.customer.email.encode()),
            },
            "collections.interaction.log": {**case, "text": "Busy"},
            "collections.promise": {**case, "amount": 10.0, "date": day(1)},
            "collections.promise.make": case,
        }
        if model == "collections.reminder.bulk":
            # Something that can still be changed.
            self.today_run.reminder_ids.sudo().state = "queued"
        if model == "collections.reminder":
            return self.today_run.reminder_ids
        if model in found:
            return found[model]
        return self.env[model].create(values.get(model, {}))

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
                "collections.reminder",
                "collections.run",
                "collections.dispute",
                "collections.hold",
                "collections.promise",
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
