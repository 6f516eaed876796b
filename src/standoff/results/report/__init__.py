"""The report of a run: one HTML file that opens anywhere, without a network."""

from standoff.results.report.pages import write_report

__all__ = ["write_report"]
