"""One self-contained page: searchable, dark and light, opened from a file or served."""

from parity.model.finding import Report
from parity.report.contract import Options

FORMAT = "html"
SUFFIX = ".html"


def write(report: Report, options: Options) -> str:
    """The whole page. It fetches nothing, and what a definition holds is text in it."""
    from parity.report.html.page import page

    return page(report, options)
