"""The endpoints of this domain."""

from fastapi import APIRouter

from app.audits.routes import (
    authorities,
    findings,
    integrity,
    open_data,
    packs,
    periods,
    readings,
    samples,
    schemes,
)

ROUTERS: tuple[APIRouter, ...] = (
    integrity.router,
    readings.router,
    authorities.router,
    schemes.router,
    samples.router,
    packs.router,
    periods.router,
    open_data.router,
    findings.router,
)
