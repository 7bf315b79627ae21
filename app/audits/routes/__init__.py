"""The endpoints of this domain."""

from fastapi import APIRouter

ROUTERS: tuple[APIRouter, ...] = ()
