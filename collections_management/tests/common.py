"""What the tests of this addon share: one company, fixed rates, fixed dates."""

from contextlib import contextmanager
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

TODAY = date(2024, 6, 17)  # a Monday
NOON = "2024-06-17 12:00:00"
# Currency units for one US dollar, from a day on.
EUR_RATES = [("2024-01-01", 0.5), ("2024-06-01", 0.4)]
JPY_RATES = [("2024-01-01", 150.0)]
ROLES = {
    "salesperson": "collections_management.group_salesperson",
    "other_salesperson": "collections_management.group_salesperson",
    "leader": "collections_management.group_salesperson",
    "collector": "collections_management.group_collector",
    "supervisor": "collections_management.group_supervisor",
    "accountant": "account.group_account_invoice",
    "internal": "base.group_user",
    "portal": "base.group_portal",
}


def day(offset: int) -> date:
    """Return the day ``offset`` days from today; negative: before it."""
    return TODAY + timedelta(days=offset)


class CollectionsCommon(AccountTestInvoicingCommon):
    """Factories that make many documents at once, without taxes."""

    # A page asks for menus, texts and assets at once, and requests of a test share one
    # cursor. Who waits longer than this gets an error page: "'<' is not valid JSON".
    test_cursor_lock_timeout = 120

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["collections.segment"].sudo().search([]).active = False
        # Where contact rules matter, a test takes those that it is about.
        cls.env["collections.contact.rule"].sudo().search([]).active = False
        cls.company.write(
            {
                "collections_mode": "automatic",
                "collections_tz": "UTC",
                "email": "billing@ours.example.com",
            }
        )
        cls.eur = cls.setup_other_currency("EUR", rates=EUR_RATES)
        cls.jpy = cls.setup_other_currency("JPY", rates=JPY_RATES)
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.misc = cls.company_data["default_journal_misc"]
        cls.policy = cls._make_policy("Test")
        cls.segment = cls.env["collections.segment"].create(
            {"name": "All", "sequence": 1, "policy_id": cls.policy.id}
        )
        cls.levels = {level.delay: level for level in cls.policy.level_ids}
        cls.Case = cls.env["collections.case"]
        cls.Item = cls.env["collections.item"]
        cls.Reminder = cls.env["collections.reminder"]

    @classmethod
    def _make_policy(cls, name, delays=(-3, 0, 3, 10, 25), **values):
        """Create a policy; the level at 25 days is formal, as in ours."""
        template = cls.env.ref("collections_management.mail_template_first")
        kinds = {-3: "preventive", 0: "preventive", 3: "first", 10: "second"}
        policy = cls.env["collections.policy"].create(
            {
                "name": name,
                "min_days": 3,
                "tolerance": 1.0,
                **values,
                "level_ids": [
                    Command.create(
                        {
                            "name": f"{name} {delay}",
                            "delay": delay,
                            "formal": delay == 25,
                            "template_id": template.id,
                            "stage_id": cls.env.ref(
                                "collections_management.stage_"
                                + kinds.get(delay, "final")
                            ).id,
                        }
                    )
                    for delay in delays
                ],
            }
        )
        policy.invalidate_recordset()
        return policy

    @classmethod
    def _make_users(cls, *names):
        """Create users by role, as attributes named after it."""
        for name in names or ROLES:
            user = new_test_user(
                cls.env,
                login=f"test_{name}",
                name=name.replace("_", " ").title(),
                email=f"{name}@ours.example.com",
                groups=ROLES[name],
                company_id=cls.company.id,
                company_ids=[Command.set(cls.env.user.company_ids.ids)],
                context={"no_reset_password": True},
            )
            setattr(cls, name, user)

    @classmethod
    def _setup_second_company(cls):
        cls.company_data_2 = cls.setup_other_company(
            name="Second", currency_id=cls.eur.id, email="second@ours.example.com"
        )
        cls.company_2 = cls.company_data_2["company"]
        cls.company_2.write({"collections_mode": "automatic", "collections_tz": "UTC"})

    # === CUSTOMERS AND DOCUMENTS === #

    @classmethod
    def _customers(cls, count, **values):
        """Create companies with an e-mail address each."""
        return cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "is_company": True,
                    "email": f"customer{number}@example.com",
                    "property_account_receivable_id": cls.receivable.id,
                    "property_payment_term_id": False,
                    **values,
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _customer(cls, name="Customer", **values):
        return cls._customers(1, name=name, **values)

    @classmethod
    def _invoices(cls, *specs, company=None, post=True):
        """Create invoices in one batch.

        :param specs: tuples of partner, due date and amount, and optionally further
            values of the entry (``move_type``, ``currency_id``, ``invoice_date``…)
        """
        data = cls.company_data if company is None else cls.company_data_2
        moves = (
            cls.env["account.move"]
            .with_company(company or cls.company)
            .create([cls._invoice_values(data, *spec) for spec in specs])
        )
        if post:
            moves.action_post()
        return moves

    @classmethod
    def _invoice_values(cls, data, partner, due, amount, values=None):
        issued = min(due - timedelta(days=30), TODAY - timedelta(days=1))
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": issued,
            "date": (values or {}).get("invoice_date", issued),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_user_id": False,
            "journal_id": data["default_journal_sale"].id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Service",
                        "quantity": 1,
                        "price_unit": amount,
                        "account_id": data["default_account_revenue"].id,
                        "tax_ids": False,
                    }
                )
            ],
            **(values or {}),
        }

    @classmethod
    def _refund(cls, partner, amount, when=None, **values):
        values["move_type"] = "out_refund"
        return cls._invoices((partner, when or day(-1), amount, values))

    @classmethod
    def _entry(cls, lines, when, journal=None, post=True):
        """Create an entry from tuples of account, partner, balance, and more values."""
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": when,
                "journal_id": (journal or cls.misc).id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id if partner else False,
                            "balance": balance,
                            **(rest[0] if rest else {}),
                        }
                    )
                    for account, partner, balance, *rest in lines
                ],
            }
        )
        if post:
            move.action_post()
        return move

    # === MONEY === #

    @classmethod
    def _pay(cls, moves, amount=None, when=TODAY, **values):
        """Register a payment of invoices, as the button does."""
        values = {"payment_date": when, "journal_id": cls.bank.id, **values}
        if amount is not None:
            values["amount"] = amount
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create(values)
        )
        return wizard._create_payments()

    @classmethod
    def _on_account(cls, partner, amount, when=TODAY, **values):
        """Create a payment that is applied to nothing."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": amount,
                "date": when,
                "journal_id": cls.bank.id,
                **values,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _pay_by_bank_line(cls, line, amount, when=TODAY):
        """Reconcile a bank statement line with a receivable line."""
        statement_line = cls.env["account.bank.statement.line"].create(
            {
                "payment_ref": "transfer",
                "journal_id": cls.bank.id,
                "amount": amount,
                "date": when,
                "partner_id": line.partner_id.id,
            }
        )
        _liquidity, suspense, _other = statement_line.with_context(
            skip_account_move_synchronization=True
        )._seek_for_lines()
        suspense.account_id = line.account_id
        (suspense + line).reconcile()
        return statement_line

    @classmethod
    def _receivable_lines(cls, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )

    @classmethod
    def _reconcile(cls, *moves):
        lines = cls.env["account.move"].union(*moves)
        cls._receivable_lines(lines).reconcile()

    # === OURS === #

    def _case(self, partner, company=None):
        return self.Case.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    @classmethod
    def _stage(cls, kind, **needs):
        """Return a stage of the escalation that asks for nothing but this."""
        stage = cls.env.ref(f"collections_management.stage_{kind}")
        stage.write(
            {
                "needs_approval": False,
                "min_days_overdue": 0,
                "min_reminders": 0,
                "needs_formal": False,
                "notice_days": 0,
                "needs_documents": False,
                "needs_free": False,
                **needs,
            }
        )
        return stage

    def _hand_over(self, cases, stage, user=None, **values):
        """Use the dialog that sets the stage, as a person would."""
        dialog = self.env["collections.case.stage"]
        if user:
            dialog = dialog.with_user(user)
        return dialog.create(
            {
                "case_ids": [Command.set(cases.ids)],
                "stage_id": stage.id,
                "reason": "Does not answer",
                **values,
            }
        ).action_apply()

    def _refresh(self):
        """Refresh all cases of the company."""
        return self.Case.refresh()

    def _follow(self):
        """Follow the touches, as the scheduled action does."""
        self.env.cr.flush()
        with self.enter_registry_test_mode():
            self.env.ref("collections_management.ir_cron_refresh").sudo().with_user(
                self.env.ref("base.user_root")
            ).method_direct_trigger()

    def _touches(self):
        """Return customers whose ledger change is queued, and empty the queue."""
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM collections_touch RETURNING company, partner")
        return set(self.env.cr.fetchall())

    def _run(self, **values):
        return self.env["collections.run"].run(**values)

    def _run_and_send(self, **values):
        run = self._run(**values)
        run.flush()
        return run

    @contextmanager
    def assertNothingSent(self):
        with self.mock_mail_gateway():
            yield
        self.assertFalse(self._mails)
