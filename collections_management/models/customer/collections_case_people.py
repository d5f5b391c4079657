from odoo import api, models

# Whom to ask first, by what is asked; a supervisor is the last resort.
ORDER = {
    "collector": ("collector_id", "company", "salesperson_id"),
    "salesperson": ("salesperson_id", "collector_id", "company"),
    "supervisor": (),
}


class CollectionsCasePeople(models.AbstractModel):
    """Who has to act on a case: never the robot, never somebody who left."""

    _name = "collections.case.people"
    _description = "People of a Case"

    def _responsibles(self, first="collector"):
        """Return the user who has to act on each case, by case.

        :param first: ``collector``, ``salesperson`` or ``supervisor``; without one,
            the company's default collector, then a supervisor of the company
        """
        supervisors = {
            company: company._collections_supervisor()
            for company in self.sudo().company_id
        }
        found = {}
        for case in self.sudo():
            company = case.company_id
            asked = (
                company.collections_collector_id if name == "company" else case[name]
                for name in ORDER[first]
            )
            fitting = (user for user in asked if self._may_act(user, company))
            user = next(fitting, supervisors[company]) or self.env.user
            found[case.with_env(self.env)] = user.with_env(self.env)
        return found

    def _schedule_for(self, kind, summaries, people):
        """Put one activity of a kind on the list of each case's person, today.

        In one go, and without a mail to each who gets one: it is on their list.

        :param summaries: by case
        :param people: users by case
        """
        # Activities ask for the name of each: one query instead of one per case.
        self.partner_id.mapped("display_name")
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id(self._name),
                        "res_id": case.id,
                        "activity_type_id": kind.id,
                        "summary": summaries[case],
                        "date_deadline": case.company_id._collections_today(),
                        "user_id": people[case].id,
                    }
                    for case in self
                ]
            )
        )

    @api.model
    def _may_act(self, user, company) -> bool:
        return user.active and not user.share and company in user.company_ids
