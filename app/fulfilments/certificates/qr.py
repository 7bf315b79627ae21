"""An address that a camera can read."""

from io import BytesIO

import segno


def svg(address: str) -> str:
    """Draw an address as a QR code: black on white, with its quiet zone, a tenth may be damaged."""
    drawn = BytesIO()
    segno.make_qr(address, error="m").save(
        drawn, kind="svg", xmldecl=False, light="#fff", svgclass=None, lineclass=None, omitsize=True
    )
    return drawn.getvalue().decode().strip()
