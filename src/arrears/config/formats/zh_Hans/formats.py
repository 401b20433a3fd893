"""简体中文: thousands are grouped (Django's own zh_Hans format has no separator)."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
DECIMAL_SEPARATOR = "."
DATE_FORMAT = "Y-m-d"
SHORT_DATE_FORMAT = "m-d"
DATETIME_FORMAT = "Y-m-d H:i"
TIME_FORMAT = "H:i"
