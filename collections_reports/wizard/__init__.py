from . import collections_report_preview
