"""Who may do what in this domain: one line per operation."""

from tests.projects import access_market, access_panel, access_plans, access_reports

TABLE = {**access_plans.TABLE, **access_panel.TABLE, **access_market.TABLE, **access_reports.TABLE}
