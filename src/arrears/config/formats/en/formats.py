"""English, with unambiguous dates."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
DECIMAL_SEPARATOR = "."
DATE_FORMAT = "Y-m-d"
SHORT_DATE_FORMAT = "m-d"
DATETIME_FORMAT = "Y-m-d H:i"
TIME_FORMAT = "H:i"
