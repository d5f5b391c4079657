"""Promises, notices, agreements, cheques, holds, and what they pause."""

from . import (
    collections_agreement_ledger,
    collections_agreement,
    collections_agreement_document,
    collections_agreement_line,
    collections_case_cheques,
    collections_case_promises,
    collections_cheque_actions,
    collections_cheque,
    collections_hold,
    collections_hold_reason,
    collections_pause,
    collections_policy_promises,
    collections_promise_judge,
    collections_promise_notice,
    collections_promise,
    collections_promise_line,
)
