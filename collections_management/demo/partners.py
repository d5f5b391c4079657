"""Customers of the demo companies, with the contacts who pay."""

from odoo.fields import Command

MODULE = "collections_management"
# Country, and a phone number that nobody has, by city.
CITIES = {
    "Lima": ("pe", "+51 1 555 01%02d"),
    "Arequipa": ("pe", "+51 54 5501%02d"),
    "Trujillo": ("pe", "+51 44 5501%02d"),
    "Cusco": ("pe", "+51 84 5501%02d"),
    "Piura": ("pe", "+51 73 5501%02d"),
    "Quito": ("ec", "+593 2 255 01%02d"),
    "Guayaquil": ("ec", "+593 4 255 01%02d"),
    "La Paz": ("bo", "+591 2 255 01%02d"),
    "Santa Cruz": ("bo", "+591 3 355 01%02d"),
    "Bogotá": ("co", "+57 601 555 01%02d"),
    "Medellín": ("co", "+57 604 555 01%02d"),
    "Ciudad de México": ("mx", "+52 55 5555 01%02d"),
    "Monterrey": ("mx", "+52 81 8355 01%02d"),
    "Buenos Aires": ("ar", "+54 11 4555 01%02d"),
    "Montevideo": ("uy", "+598 2255 01%02d"),
    "Asunción": ("py", "+595 21 550 1%02d"),
    "Panamá": ("pa", "+507 255 01%02d"),
    "Santiago": ("cl", "+56 2 2555 01%02d"),
    "Valparaíso": ("cl", "+56 32 255 01%02d"),
    "Concepción": ("cl", "+56 41 255 01%02d"),
}
STREETS = (
    "Av. Los Ceibos",
    "Jr. Las Retamas",
    "Calle Los Alisos",
    "Pasaje El Molino",
    "Av. Las Gardenias",
    "Calle del Mirador",
    "Jr. Los Cántaros",
)
PEOPLE = (
    "Lucía Benavides",
    "Ernesto Salcedo",
    "Patricia Huamán",
    "Raúl Cifuentes",
    "Gabriela Montes",
    "Óscar Llerena",
    "Beatriz Zamora",
    "Hernán Bustos",
)
# The tag that our segment of strategic customers looks for.
KEY_ACCOUNT = "strategic"
TAGS = {
    "small": "Saldos pequeños",
    "usd": "Exterior",
}


def create(company, customers):
    """Create customers and their contacts in one batch each.

    :return: ``{key: partner}``
    """
    tags = _tags(company.env, customers)
    load = company.env["res.partner"]._load_records
    records = load(
        [
            _record(f"demo_customer_{row.key}", _values(company, number, row, tags))
            for number, row in enumerate(customers)
        ]
    )
    by_key = {row.key: partner for row, partner in zip(customers, records, strict=True)}
    load(
        [
            _record(f"demo_contact_{row.key}", values)
            for number, row in enumerate(customers)
            if (values := _contact_values(number, row, by_key[row.key]))
        ]
    )
    _link_portal(company, customers, by_key)
    return by_key


def _record(name, values):
    return {"xml_id": f"{MODULE}.{name}", "values": values, "noupdate": True}


def language(env):
    """Spanish where it is switched on, else whatever is the default."""
    codes = [code for code, _name in env["res.lang"].get_installed()]
    found = [code for code in codes if code.startswith("es")]
    return "es_419" if "es_419" in found else next(iter(found), False)


def _tags(env, customers):
    wanted = set().union(*(row.flags for row in customers)) & TAGS.keys()
    Tag = env["res.partner.category"]
    names = sorted(TAGS[flag] for flag in wanted)
    found = {tag.name: tag for tag in Tag.search([("name", "in", names)])}
    missing = [name for name in names if name not in found]
    for tag in Tag.create([{"name": name} for name in missing]):
        found[tag.name] = tag
    ids = {flag: found[TAGS[flag]].id for flag in wanted}
    return ids | {KEY_ACCOUNT: env.ref(f"{MODULE}.partner_category_key_account").id}


def _values(company, number, row, tags):
    env = company.env
    country, phone = CITIES[row.city]
    term = "i" if row.term is None else row.term
    sellers = ("demo_user_salesperson", "demo_user_salesperson_2")
    seller = sellers[1 if row.company == "chile" else number % 2]
    values = {
        "name": row.name,
        "is_company": True,
        "street": f"{STREETS[number % len(STREETS)]} {110 + 37 * number}",
        "city": row.city,
        "country_id": env.ref(f"base.{country}").id,
        "phone": phone % number,
        "email": False if "noemail" in row.flags else f"{row.key}@example.com",
        "user_id": env.ref(f"{MODULE}.{seller}").id,
        "property_payment_term_id": env.ref(f"{MODULE}.demo_payment_term_{term}").id,
        "category_id": [Command.set([tags[flag] for flag in row.flags & tags.keys()])],
        "trust": "bad" if row.flags & {"legal", "agency"} else "normal",
    }
    if code := language(env):
        values["lang"] = code
    return values


def _contact_values(number, row, partner):
    """A contact of type invoice, or one that is marked for collections."""
    kind = next(iter(row.flags & {"contact", "marked"}), None)
    if kind is None or "portal" in row.flags:
        return None
    return {
        "name": PEOPLE[number % len(PEOPLE)],
        "parent_id": partner.id,
        "type": "invoice" if kind == "contact" else "contact",
        "collections_contact": kind == "marked",
        "function": "Cuentas por pagar",
        "email": f"pagos.{row.key}@example.com",
        "phone": partner.phone,
        "lang": partner.lang,
    }


def _link_portal(company, customers, by_key):
    """The portal user is who pays at one of the customers."""
    for row in customers:
        if "portal" in row.flags:
            partner = by_key[row.key]
            # Through the partner: changing a user's e-mail would send a warning.
            _portal_user(company).partner_id.write(
                {
                    "name": "Rosa Quispe",
                    "email": "rosa.quispe@example.com",
                    "parent_id": partner.id,
                    "type": "invoice",
                    "function": "Cuentas por pagar",
                    "lang": partner.lang,
                    "company_id": False,
                }
            )


def _portal_user(company):
    """Odoo's own demo data has a user with this login: ours takes it over."""
    Users = company.env["res.users"]
    user = Users.search([("login", "=", "portal")])
    if not user:
        return Users.create(
            {
                "name": "Rosa Quispe",
                "login": "portal",
                "password": "portal",
                "group_ids": [Command.set(company.env.ref("base.group_portal").ids)],
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
        )
    user.write({"company_ids": [Command.link(company.id)], "company_id": company.id})
    return user
