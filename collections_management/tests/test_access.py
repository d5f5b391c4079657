"""Who may read and write what: every model, as every role."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOON, CollectionsCommon, day

# Create, read, update, delete; what is not named is forbidden.
NOBODY = {}
READERS = {"salesperson": "r", "collector": "r", "supervisor": "r"}
SETUP = {"salesperson": "r", "collector": "r", "supervisor": "crud"}
FOR_ALL = {"salesperson": "crud", "collector": "crud", "supervisor": "crud"}
FOR_COLLECTORS = {"collector": "crud", "supervisor": "crud"}
FOR_SUPERVISORS = {"supervisor": "crud"}
FOR_SETTING_UP = {"collector": "r", "supervisor": "crud"}
AGREEMENTS = {"salesperson": "r", "collector": "crud", "supervisor": "crud"}
RIGHTS = {
    "collections.agreement": AGREEMENTS,
    "collections.agreement.document": AGREEMENTS,
    "collections.agreement.line": AGREEMENTS,
    "collections.agency": FOR_SETTING_UP,
    "collections.agency.export": FOR_SUPERVISORS,
    "collections.agency.file": {"supervisor": "r"},
    "collections.agency.import": FOR_SUPERVISORS,
    "collections.agency.result": {"collector": "r", "supervisor": "r"},
    "collections.alert": READERS,
    "collections.alert.rule": SETUP,
    "collections.case": {"salesperson": "r", "collector": "ru", "supervisor": "ru"},
    "collections.absence": FOR_SETTING_UP,
    "collections.assignment.rule": FOR_SETTING_UP,
    "collections.case.assign": FOR_COLLECTORS,
    "collections.case.hold": FOR_COLLECTORS,
    "collections.charge": {"collector": "r", "supervisor": "r"},
    "collections.charge.line": {"collector": "r", "supervisor": "r"},
    "collections.collector": FOR_SETTING_UP,
    "collections.case.release": FOR_COLLECTORS,
    "collections.cheque": {"salesperson": "r", "collector": "cru", "supervisor": "cru"},
    "collections.cheque.bounce": FOR_COLLECTORS,
    "collections.customer.closing": AGREEMENTS,
    "collections.customer.day": AGREEMENTS,
    "collections.guarantor": {
        "salesperson": "r",
        "collector": "cru",
        "supervisor": "crud",
    },
    "collections.presentation": {
        "salesperson": "r",
        "collector": "ru",
        "supervisor": "ru",
    },
    "collections.case.stage": FOR_COLLECTORS,
    "collections.case.link": FOR_COLLECTORS,
    "collections.case.stop": FOR_COLLECTORS,
    "collections.case.why": FOR_ALL,
    "collections.consent": {"salesperson": "r", "collector": "cr", "supervisor": "cr"},
    "collections.contact.holiday": SETUP,
    "collections.contact.rule": SETUP,
    "collections.contact.rule.window": SETUP,
    "collections.deposit": {"collector": "r", "supervisor": "r"},
    "collections.deposit.match": {"collector": "r", "supervisor": "r"},
    "collections.dispute": {"salesperson": "r", "collector": "ru", "supervisor": "ru"},
    "collections.dispute.line": READERS,
    "collections.dispute.reason": SETUP,
    "collections.dispute.report": FOR_ALL,
    "collections.starter": READERS,
    "collections.starter.install": FOR_SUPERVISORS,
    "collections.statement.get": FOR_ALL,
    "collections.dispute.resolve": FOR_COLLECTORS,
    "collections.channel.switch": SETUP,
    "collections.cost": {"salesperson": "r", "collector": "cru", "supervisor": "crud"},
    "collections.dunning.level": SETUP,
    "collections.erase": FOR_SUPERVISORS,
    "collections.escalation": READERS,
    "collections.evidence.get": FOR_SUPERVISORS,
    "collections.experiment": FOR_SETTING_UP,
    "collections.experiment.member": {"collector": "r", "supervisor": "r"},
    "collections.hold": {"salesperson": "r", "collector": "cru", "supervisor": "cru"},
    "collections.delay.reason": SETUP,
    "collections.hold.reason": SETUP,
    "collections.history.import": FOR_SUPERVISORS,
    "collections.interaction": {
        "salesperson": "r",
        "collector": "cr",
        "supervisor": "cr",
    },
    "collections.interaction.check": FOR_SUPERVISORS,
    "collections.interaction.log": FOR_COLLECTORS,
    "collections.interaction.result": SETUP,
    "collections.interest.rate": FOR_SETTING_UP,
    "collections.interest.rule": FOR_SETTING_UP,
    "collections.item": READERS,
    "collections.journal.followup": FOR_SUPERVISORS,
    "collections.journal.followup.line": FOR_SUPERVISORS,
    "collections.letter.batch": {"collector": "r", "supervisor": "r"},
    "collections.letter.post": FOR_COLLECTORS,
    "collections.level.channel": SETUP,
    "collections.policy": SETUP,
    "collections.first.steps": FOR_SUPERVISORS,
    "collections.first.steps.line": FOR_SUPERVISORS,
    "collections.policy.version": READERS,
    "collections.policy.compare": FOR_SUPERVISORS,
    "collections.prediction": NOBODY,
    "collections.prediction.model": {"collector": "r", "supervisor": "r"},
    "collections.promise": {
        "salesperson": "r",
        "collector": "cru",
        "supervisor": "cru",
    },
    "collections.promise.line": {
        "salesperson": "r",
        "collector": "cr",
        "supervisor": "cr",
    },
    "collections.promise.make": FOR_COLLECTORS,
    "collections.reminder": READERS,
    "collections.reminder.event": READERS,
    "collections.reminder.line": READERS,
    "collections.reminder.bulk": FOR_SUPERVISORS,
    "collections.run": {"collector": "r", "supervisor": "r"},
    "collections.run.start": FOR_SUPERVISORS,
    "collections.segment": SETUP,
    "collections.settings": FOR_SUPERVISORS,
    "collections.stage": SETUP,
    "collections.token": NOBODY,
    "collections.touch": NOBODY,
}
OPERATIONS = {"c": "create", "r": "read", "u": "write", "d": "unlink"}
LEVELS = {
    "public": None,
    "portal": None,
    "internal": None,
    "salesperson": "salesperson",
    "collector": "collector",
    "accountant": "collector",
    "supervisor": "supervisor",
}


@tagged("post_install", "-at_install")
@freeze_time(NOON)
class TestAccess(CollectionsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_second_company()
        cls._make_users()
        cls.public = cls.env.ref("base.public_user")
        cls.manager = new_test_user(
            cls.env,
            "test_manager",
            groups="account.group_account_manager",
            company_id=cls.company.id,
        )
        cls.mine, cls.other, cls.team = cls._customers(3)
        cls.mine.user_id = cls.salesperson
        cls.other.user_id = cls.other_salesperson
        cls._invoices(*[(c, day(-10), 100.0) for c in cls.mine + cls.other + cls.team])
        cls._invoices((cls.mine, day(-10), 9.0), company=cls.company_2)
        cls.env["collections.case"].with_company(cls.company_2).refresh()
        cls.today_run = cls.env["collections.run"].run()
        cls.today_run.flush()

    # === MODELS === #

    def _own_models(self):
        return {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "collections_management"
            and name.startswith("collections.")
            and not model._abstract
        }

    def test_every_model_is_in_the_table(self):
        self.assertEqual(set(RIGHTS), self._own_models())

    def test_rights(self):
        for model, rights in RIGHTS.items():
            for role, level in LEVELS.items():
                records = self.env[model].with_user(getattr(self, role))
                found = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if records.has_access(operation)
                )
                expected = "".join(sorted(rights.get(level, "")))
                with self.subTest(model=model, role=role):
                    self.assertEqual("".join(sorted(found)), expected)

    def test_nobody_without_a_role_reads_anything(self):
        for role in ("public", "portal", "internal"):
            for model in RIGHTS:
                with (
                    self.subTest(model=model, role=role),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(getattr(self, role)).search([])

    def test_roles_give_nothing_in_accounting(self):
        for role in ("salesperson", "collector", "supervisor"):
            user = getattr(self, role)
            for model in ("account.move", "account.move.line", "account.payment"):
                with self.subTest(model=model, role=role):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))

    def test_roles_of_others_imply_ours(self):
        has = "collections_management.group_"
        self.assertTrue(self.accountant.has_group(f"{has}collector"))
        self.assertFalse(self.accountant.has_group(f"{has}supervisor"))
        self.assertTrue(self.manager.has_group(f"{has}supervisor"))
        seller = new_test_user(
            self.env, "test_seller", groups="sales_team.group_sale_salesman"
        )
        self.assertTrue(seller.has_group(f"{has}salesperson"))
        self.assertFalse(seller.has_group(f"{has}collector"))

    # === ROWS === #

    def _seen(self, user, model, company=None):
        records = self.env[model].with_user(user)
        records = records.with_context(
            allowed_company_ids=(company or self.company).ids
        )
        field = "reminder_id.partner_id" if "reminder." in model else "partner_id"
        return records.search([]).mapped(field)

    def test_salesperson_sees_own_customers(self):
        for model in (
            "collections.case",
            "collections.item",
            "collections.reminder",
            "collections.reminder.line",
            "collections.reminder.event",
            "collections.interaction",
        ):
            with self.subTest(model=model):
                everyone = self.mine | self.other | self.team
                self.assertEqual(self._seen(self.salesperson, model), self.mine)
                self.assertEqual(self._seen(self.collector, model), everyone)

    def test_salesperson_of_a_hold(self):
        reason = self.env["collections.hold.reason"].search([], limit=1)
        for partner in (self.mine, self.other):
            self.env["collections.hold"].create(
                {
                    "case_id": self._case(partner).id,
                    "reason_id": reason.id,
                    "date_end": day(1),
                }
            )
        self.assertEqual(self._seen(self.salesperson, "collections.hold"), self.mine)

    def test_team_leader_sees_the_team(self):
        self.assertFalse(self._seen(self.leader, "collections.case"))
        self.env["crm.team"].sudo().create(
            {
                "name": "Team",
                "user_id": self.leader.id,
                "company_id": False,
                "member_ids": [(6, 0, self.salesperson.ids)],
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        for model in ("collections.case", "collections.item", "collections.reminder"):
            with self.subTest(model=model):
                self.assertEqual(self._seen(self.leader, model), self.mine)
                self.assertEqual(self._seen(self.salesperson, model), self.mine)

    def test_companies(self):
        for user in (self.collector, self.supervisor, self.accountant):
            seen = self._seen(user, "collections.case", self.company_2)
            self.assertEqual(seen, self.mine)
        elsewhere = new_test_user(
            self.env,
            "test_elsewhere",
            groups="collections_management.group_supervisor",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        case = self._case(self.mine)
        for record in (case, self.today_run, self.today_run.reminder_ids):
            with self.assertRaises(AccessError):
                record.with_user(elsewhere).read(["company_id"])
        items = self.Item.with_user(elsewhere).search([])
        self.assertEqual(items.company_id, self.company_2)
        with self.assertRaises(AccessError):
            self.Case.with_user(elsewhere).with_company(self.company).refresh()

    # === WHAT NOBODY TYPES IN === #

    def test_figures_are_not_typed_in(self):
        case = self._case(self.mine).with_user(self.supervisor)
        for values in (
            {"amount_overdue": 1.0},
            {"salesperson_id": self.supervisor.id},
            {"level_id": False},
            {"partner_id": self.other.id},
            {"company_id": self.company_2.id},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                case.write(values)
        case.write({"collector_id": self.collector.id, "color": 3})

    def test_stop_flag_is_taken_off_by_a_supervisor(self):
        case = self._case(self.mine)
        case.with_user(self.collector).stop_flag = "sued"
        with self.assertRaises(AccessError):
            case.with_user(self.collector).stop_flag = False
        case.with_user(self.supervisor).stop_flag = False

    def test_jump_is_for_supervisors(self):
        case = self._case(self.mine)
        with self.assertRaises(AccessError):
            case.with_user(self.collector).jump_level_id = self.levels[10]
        case.with_user(self.supervisor).jump_level_id = self.levels[10]

    def test_mode_is_raised_by_supervisors(self):
        self.company.sudo().collections_mode = "off"
        system = new_test_user(self.env, "test_system", groups="base.group_system")
        system.sudo().write({"company_ids": [(4, self.company.id)]})
        if not system.has_group("collections_management.group_supervisor"):
            with self.assertRaises(AccessError):
                self.company.with_user(system).collections_mode = "automatic"

    # === FIELDS ON THE PARTNER AND THE INVOICE === #

    def test_partner_fields_through_own_rights(self):
        names = ["collections_overdue", "collections_case_id"]
        partners = (self.mine | self.other).with_context(
            allowed_company_ids=self.company.ids
        )
        own = partners.with_user(self.salesperson)
        found = [values["collections_overdue"] for values in own.read(names)]
        self.assertEqual(found, [100.0, 0.0])
        self.assertEqual(own.search([("collections_overdue", ">", 50)]), self.mine)
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self.mine.with_user(user).read(names)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_default_values_of_dialogs_are_not_for_everybody(self):
        for user in (self.portal, self.internal, self.collector):
            for model in (
                "collections.settings",
                "collections.journal.followup",
                "collections.interaction.check",
            ):
                fields = list(self.env[model]._fields)
                with (
                    self.subTest(model=model, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(user).default_get(fields)
