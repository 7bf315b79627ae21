"""Invoices and credit notes as documents: pure values, written as XML and as PDF.

- *document*: what an invoice or a credit note says, frozen; it adds up, or it can't be made.
- *seller*: who supplies and owes the VAT; *payee*: who gets the money, if that is not the seller:
  the foundation that keeps money for others, and issues the document in the seller's name.
- *credit note*: gives back an invoice or a part of it; its amounts are positive all the same.
- *UBL*: the XML of European e-invoices (UBL 2.1, EN 16931), in the Dutch profile (NLCIUS).

Numbers are given, not chosen: whoever keeps them gap-free calls this.
"""

from app.orders.invoicing.document import (
    Corrects,
    InvoiceDocument,
    InvoiceFaultsError,
    InvoiceKind,
    InvoiceLine,
    Payment,
)
from app.orders.invoicing.parties import Party
from app.orders.invoicing.ubl import write as write_ubl
from app.orders.invoicing.vat import Category, VatShare, VatTreatment

__all__ = [
    "Category",
    "Corrects",
    "InvoiceDocument",
    "InvoiceFaultsError",
    "InvoiceKind",
    "InvoiceLine",
    "Party",
    "Payment",
    "VatShare",
    "VatTreatment",
    "write_ubl",
]
