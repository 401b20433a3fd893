"""Why a row may be set aside: every quarantine code with its meaning in both languages.

The codes are stable: lenders' own scripts read them. docs/tape.md shows this table, and a test keeps the two equal.
"""

from __future__ import annotations

MALFORMED_FIELDS = "malformed_fields"
MALFORMED_QUOTE = "malformed_quote"
BAD_ENCODING = "bad_encoding"
MISSING_VALUE = "missing_value"
ID_MALFORMED = "id_malformed"
TEXT_TOO_LONG = "text_too_long"
CODE_MALFORMED = "code_malformed"
NAMES_A_PERSON = "names_a_person"
CODE_UNKNOWN = "code_unknown"
REGION_MALFORMED = "region_malformed"
CURRENCY_MALFORMED = "currency_malformed"
CURRENCY_MISMATCH = "currency_mismatch"
AMOUNT_MALFORMED = "amount_malformed"
AMOUNT_NEGATIVE = "amount_negative"
AMOUNT_ZERO = "amount_zero"
AMOUNT_OVER_PRECISE = "amount_over_precise"
AMOUNT_TOO_LARGE = "amount_too_large"
NUMBER_MALFORMED = "number_malformed"
RATE_MALFORMED = "rate_malformed"
DATE_MALFORMED = "date_malformed"
DATE_ABSURD = "date_absurd"
DATE_IN_FUTURE = "date_in_future"
DATE_OUT_OF_ORDER = "date_out_of_order"
PAYMENT_IN_FUTURE = "payment_in_future"
DUPLICATE_CONFLICT = "duplicate_conflict"
CUSTOMER_UNKNOWN = "customer_unknown"
CUSTOMER_QUARANTINED = "customer_quarantined"
CUSTOMER_CHANGED = "customer_changed"
ACCOUNT_UNKNOWN = "account_unknown"
ACCOUNT_QUARANTINED = "account_quarantined"
ACCOUNT_CHANGED = "account_changed"
PAYMENT_DIFFERS = "payment_differs"
REVERSES_UNKNOWN = "reverses_unknown"
REVERSES_QUARANTINED = "reverses_quarantined"
REVERSES_REVERSAL = "reverses_reversal"
REVERSES_OTHER_ACCOUNT = "reverses_other_account"
REVERSES_OTHER_AMOUNT = "reverses_other_amount"
REVERSED_TWICE = "reversed_twice"
PHONE_INVALID = "phone_invalid"
EMAIL_INVALID = "email_invalid"

MEANINGS: dict[str, tuple[str, str]] = {
    MALFORMED_FIELDS: ("the line has more or fewer fields than the header", "该行字段数与表头不一致"),
    MALFORMED_QUOTE: ("a quotation mark stands alone or is never closed", "引号未闭合或位置不当"),
    BAD_ENCODING: ("the line is not UTF-8", "该行不是 UTF-8 编码"),
    MISSING_VALUE: ("a required value is missing", "缺少必填值"),
    ID_MALFORMED: (
        "an identifier holds control or invisible characters or inner line breaks, or is longer than the policy allows",
        "标识符含控制字符、不可见字符或换行，或超过允许长度",
    ),
    TEXT_TOO_LONG: ("a text is longer than the policy allows", "文本超过允许长度"),
    CODE_MALFORMED: ("a code holds control characters or is longer than the policy allows", "代码含控制字符或过长"),
    NAMES_A_PERSON: (
        "an identifier or a code holds an ID card, a mobile number, an e-mail address or a person's name",
        "标识符或代码含身份证号、手机号、电子邮箱或姓名",
    ),
    CODE_UNKNOWN: ("the kind or relation of a contact point is not one the policy knows", "联系方式类型或关系未知"),
    REGION_MALFORMED: ("the region is not an ISO 3166 country or subdivision", "地区代码不符合 ISO 3166"),
    CURRENCY_MALFORMED: ("the currency is not three capital letters (ISO 4217)", "币种代码不符合 ISO 4217"),
    CURRENCY_MISMATCH: ("the currency differs from that of the account", "币种与账户币种不一致"),
    AMOUNT_MALFORMED: (
        "not a plain decimal number (no signs other than + and -, no separators, exponents, NaN or infinity)",
        "金额不是普通十进制数",
    ),
    AMOUNT_NEGATIVE: ("the amount is below zero", "金额为负"),
    AMOUNT_ZERO: ("a payment of nothing", "还款金额为零"),
    AMOUNT_OVER_PRECISE: (
        "more decimals than the currency has, or a binary float that is no exact amount",
        "小数位超过币种最小单位，或浮点数无法精确还原为金额",
    ),
    AMOUNT_TOO_LARGE: ("at or above the limit of one field (10^15 minor units)", "金额达到或超过单字段上限"),
    NUMBER_MALFORMED: ("the instalment number is not a whole number from 0 to 99999", "期数不是 0 至 99999 的整数"),
    RATE_MALFORMED: ("the annual rate is not a share within the policy's bounds", "年利率不是有效的比例"),
    DATE_MALFORMED: ("not a date of the form YYYY-MM-DD (or a moment that ISO 8601 knows)", "日期格式错误"),
    DATE_ABSURD: ("the date is outside the years that the policy takes seriously", "日期超出合理年份"),
    DATE_IN_FUTURE: ("something that has happened is dated after the tape", "已发生事项的日期晚于数据日期"),
    DATE_OUT_OF_ORDER: (
        "due or paid before opening, due before the previous instalment, ended before it began, "
        "or reversed before it was paid",
        "日期先后颠倒",
    ),
    PAYMENT_IN_FUTURE: ("paid after the date of the tape", "还款日晚于数据日期"),
    DUPLICATE_CONFLICT: (
        "two rows share an identifier and say different things; all are set aside",
        "标识重复且内容冲突",
    ),
    CUSTOMER_UNKNOWN: ("no such customer on this tape or before", "客户不存在"),
    CUSTOMER_QUARANTINED: ("the customer's own row is in quarantine", "所属客户已被隔离"),
    CUSTOMER_CHANGED: ("an account already stored belongs to another customer", "已存账户属于其他客户"),
    ACCOUNT_UNKNOWN: ("no such account on this tape or before", "账户不存在"),
    ACCOUNT_QUARANTINED: ("the account's own row is in quarantine", "所属账户已被隔离"),
    PAYMENT_DIFFERS: (
        "a payment of this id was posted in our own books with another account or amount",
        "我方账簿中同号还款的账户或金额不同",
    ),
    ACCOUNT_CHANGED: ("a payment already stored belongs to another account", "已存还款属于其他账户"),
    REVERSES_UNKNOWN: ("reverses a payment that nobody knows", "冲正的还款不存在"),
    REVERSES_QUARANTINED: ("reverses a payment that is itself in quarantine", "冲正的还款已被隔离"),
    REVERSES_REVERSAL: ("reverses a reversal", "对冲正再次冲正"),
    REVERSES_OTHER_ACCOUNT: ("reverses a payment of another account", "冲正了其他账户的还款"),
    REVERSES_OTHER_AMOUNT: ("reverses another amount than was paid", "冲正金额与原还款不一致"),
    REVERSED_TWICE: ("the payment is already reversed", "该还款已被冲正"),
    PHONE_INVALID: ("no valid mobile or telephone number of the region", "电话号码无效"),
    EMAIL_INVALID: ("not an e-mail address", "电子邮箱无效"),
}
