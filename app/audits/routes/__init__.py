"""The endpoints of this domain."""

from fastapi import APIRouter

from app.audits.routes import integrity, readings

ROUTERS: tuple[APIRouter, ...] = (integrity.router, readings.router)
