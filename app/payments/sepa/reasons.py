"""Why banks send money back or refuse it: the codes of ISO 20022 that the SEPA uses, in words."""

_REASONS = {
    "AC01": "The account number is not right.",
    "AC04": "The account is closed.",
    "AC06": "The account is blocked.",
    "AC13": "The account is of a kind that can't take this.",
    "AG01": "This account may not receive this kind of payment.",
    "AG02": "The kind of transaction is not right.",
    "AM04": "There is not enough money in the account.",
    "AM05": "The bank has had this one before.",
    "AM09": "The amount was not the agreed one.",
    "BE04": "The address of the receiver is missing.",
    "BE05": "The bank does not know who sent this.",
    "CNOR": "The receiver's bank can't be reached in the SEPA.",
    "CUST": "Whoever sent it recalled it.",
    "DNOR": "The payer's bank can't be reached in the SEPA.",
    "DT01": "The date is not right.",
    "DUPL": "It was sent twice.",
    "FF01": "The file is not as it should be.",
    "FOCR": "It was recalled, and the receiver agreed.",
    "FRAD": "It was recalled because of fraud.",
    "MD07": "The account holder has died.",
    "MS02": "The receiver does not want it.",
    "MS03": "The bank gives no reason.",
    "NARR": "The bank says why in words.",
    "RC01": "The bank's code (BIC) is not right.",
    "RR01": "The payer's account or identification is missing.",
    "RR02": "The payer's name or address is missing.",
    "RR03": "The receiver's name or address is missing.",
    "RR04": "A rule of the law forbids it.",
    "TECH": "It was sent because of a technical fault.",
    "TM01": "It came after the bank's closing time.",
}


def in_words(code: str | None) -> str:
    """Say what a code means."""
    if code is None:
        return "The bank gives no reason."
    return _REASONS.get(code, f"The bank gives the reason {code}.")
