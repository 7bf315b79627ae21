"""Why banks send money back or refuse it: the codes of ISO 20022 that the SEPA uses, in words."""

from app.core.languages import Language, gettext


def in_words(code: str, language: Language) -> str:
    """Say what a bank's code means; what is no such code stays as it came."""
    meaning = _meanings(language).get(code)
    return f"{meaning} ({code})" if meaning else code


def _meanings(language: Language) -> dict[str, str]:
    return {
        "AC01": gettext("The account number is not right.", language),
        "AC04": gettext("The account is closed.", language),
        "AC06": gettext("The account is blocked.", language),
        "AC13": gettext("The account is of a kind that can't take this.", language),
        "AG01": gettext("This account may not receive this kind of payment.", language),
        "AG02": gettext("The kind of transaction is not right.", language),
        "AM04": gettext("There is not enough money in the account.", language),
        "AM05": gettext("The bank has had this one before.", language),
        "AM09": gettext("The amount was not the agreed one.", language),
        "BE04": gettext("The address of the receiver is missing.", language),
        "BE05": gettext("The bank does not know who sent this.", language),
        "CNOR": gettext("The receiver's bank can't be reached in the SEPA.", language),
        "CUST": gettext("Whoever sent it recalled it.", language),
        "DNOR": gettext("The payer's bank can't be reached in the SEPA.", language),
        "DT01": gettext("The date is not right.", language),
        "DUPL": gettext("It was sent twice.", language),
        "FF01": gettext("The file is not as it should be.", language),
        "FOCR": gettext("It was recalled, and the receiver agreed.", language),
        "FRAD": gettext("It was recalled because of fraud.", language),
        "MD07": gettext("The account holder has died.", language),
        "MS02": gettext("The receiver does not want it.", language),
        "MS03": gettext("The bank gives no reason.", language),
        "NARR": gettext("The bank says why in words.", language),
        "RC01": gettext("The bank's code (BIC) is not right.", language),
        "RR01": gettext("The payer's account or identification is missing.", language),
        "RR02": gettext("The payer's name or address is missing.", language),
        "RR03": gettext("The receiver's name or address is missing.", language),
        "RR04": gettext("A rule of the law forbids it.", language),
        "TECH": gettext("It was sent because of a technical fault.", language),
        "TM01": gettext("It came after the bank's closing time.", language),
    }
