from odoo import api, models
from odoo.exceptions import AccessError

COLLECTOR = "collections_management.group_collector"
SUPERVISOR = "collections_management.group_supervisor"


class CollectionsRole(models.AbstractModel):
    """Who may press which button, asked in one place.

    Our own code in superuser mode may do everything; nothing called from outside
    runs in that mode.
    """

    _name = "collections.role"
    _description = "Roles of the Process"

    @api.model
    def _check_collector(self, records=()) -> None:
        """Let collectors pass, who may read the records.

        :raise AccessError: names the role that is missing
        """
        self._check(
            COLLECTOR,
            records,
            self.env._("Only a collector may do this. Ask your supervisor."),
        )

    @api.model
    def _check_supervisor(self, records=()) -> None:
        """Let supervisors pass, who may read the records.

        :raise AccessError: names the role that is missing
        """
        self._check(
            SUPERVISOR,
            records,
            self.env._("Only a collections supervisor may do this. Ask yours."),
        )

    @api.model
    def _check(self, group, records, refusal) -> None:
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(refusal)
        if records:
            records.check_access("read")
