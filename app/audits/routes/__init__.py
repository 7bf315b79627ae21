"""The endpoints of this domain."""

from fastapi import APIRouter

from app.audits.routes import integrity

ROUTERS: tuple[APIRouter, ...] = (integrity.router,)
