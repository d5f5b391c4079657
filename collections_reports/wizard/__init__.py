from . import collections_report_preview, collections_settings
