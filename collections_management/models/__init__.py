# A folder per topic, in the order in which they build on each other; what we
# extend of Odoo's own models lies beside them.
from . import foundation
from . import agreed
from . import contact
from . import customer
from . import dispute
from . import ledger
from . import escalation
from . import run
from . import channel
from . import policy
from . import reminder
from . import risk
from . import statement
from . import worklist
from . import case
from . import portal
from . import (
    account_account,
    account_journal,
    account_move,
    account_move_line,
    account_partial_reconcile,
    account_payment,
    ir_actions_report,
    ir_qweb,
    mail_activity,
    payment_transaction,
    res_company,
    res_currency_rate,
    res_partner,
    sms_tracker,
)
