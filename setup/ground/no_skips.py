"""pytest plugin: a test that is skipped has not been passed.

Odoo skips browser tests without a word when its server or Chromium is missing;
a run that tested nothing must not look green.
"""

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if report.longrepr else "no reason"
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which counts as failed: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, which counts as failed"
    return report
