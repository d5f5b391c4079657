from . import base_partner_merge, collections_case_stage, collections_settings
