from odoo import api, models

from . import books, former, history, partners, story, unidentified

COMPANIES = ("andina", "chile")


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    @api.model
    def _install_demo(self, companies):
        """Our demo companies get the books of their story, not Odoo's examples."""
        companies = self.env["res.company"].browse(
            companies if isinstance(companies, list) else companies.ids
        )
        ours = companies.browse()
        for key in COMPANIES:
            xml_id = f"collections_management.demo_company_{key}"
            company = self.env.ref(xml_id, raise_if_not_found=False)
            if company and company in companies:
                ours |= company
                tell(company, story.customers(key))
        return super()._install_demo(companies - ours)


def tell(company, customers):
    """Make partners, books and history of a demo company up to today.

    :param customers: rows of the story's table, all or some of them
    """
    # What reaches here may carry the context of loading a chart of accounts.
    company = company.with_env(
        company.env(
            su=True,
            context={
                "allowed_company_ids": company.ids,
                "lang": partners.language(company.env) or None,
                "tracking_disable": True,
                "mail_create_nosubscribe": True,
                "mail_activity_quick_update": True,
                "no_reset_password": True,
                "skip_pdf_attachment_generation": True,
            },
        )
    )
    books.set_up(company)
    history.set_up(company)
    today = company._collections_today()
    by_key = partners.create(company, customers)
    bounced = books.keep(company, story.documents(customers, today), by_key, today)
    history.replay(company, today)
    books.bounce(bounced, today)
    history.finish(company, by_key, customers)
    unidentified.receive(company)
    former.take_over(company)
