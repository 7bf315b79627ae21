"""A store that speaks as much S3 as is asked of it, and checks every signature (SigV4)."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.sax.saxutils import escape

from fastapi import FastAPI, Request, Response

from tests.conftest import served

KEY_ID = "AKIABAAT"
SECRET = "the-secret-of-the-bucket"
REGION = "eu-central-1"
BUCKET = "baat-evidence"


@dataclass
class BucketServer:
    """What it holds, and how it behaves."""

    objects: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    broken: bool = False
    breaks_at_completion: bool = False
    requests: list[str] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """Answer one request, as S3 does."""
        self.requests.append(request.method)
        body = await request.body()
        if self.broken:
            return _error(503, "SlowDown")
        if not _is_signed(request, body):
            return _error(403, "SignatureDoesNotMatch")
        bucket, _, key = request.url.path.lstrip("/").partition("/")
        if bucket != BUCKET:
            return _error(404, "NoSuchBucket")
        if "uploads" in request.query_params or "uploadId" in request.query_params:
            return self._in_parts(request, key, body)
        return self._whole(request, key, body)

    def _whole(self, request: Request, key: str, body: bytes) -> Response:
        if request.method == "PUT":
            self.objects[key] = body
            return Response(headers={"ETag": '"put"'})
        if request.method == "GET" and key in self.objects:
            headers = {"ETag": '"put"', "Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT"}
            return Response(self.objects[key], headers=headers)
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return Response(status_code=204)
        return _error(404, "NoSuchKey")

    def _in_parts(self, request: Request, key: str, body: bytes) -> Response:
        upload = request.query_params.get("uploadId", "upload-1")
        if request.method == "PUT":
            number = int(request.query_params["partNumber"])
            self.parts[upload][number] = body
            return Response(headers={"ETag": f'"part-{number}"'})
        if request.method == "DELETE":
            self.parts.pop(upload, None)
            return Response(status_code=204)
        if "uploads" in request.query_params:
            self.parts[upload] = {}
            return _xml(
                f"<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key>"
                f"<UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
            )
        if self.breaks_at_completion:
            return _error(400, "InvalidPart")
        parts = self.parts.pop(upload)
        self.objects[key] = b"".join(parts[number] for number in sorted(parts))
        return _xml(
            f"<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key>"
            '<Location>x</Location><ETag>"whole"</ETag></CompleteMultipartUploadResult>'
        )


def _is_signed(request: Request, body: bytes) -> bool:
    """Compute the signature anew from the secret, as the AWS documentation says."""
    given = request.headers.get("authorization", "")
    if not given.startswith("AWS4-HMAC-SHA256 "):
        return False
    fields = dict(part.strip().split("=", 1) for part in given.split(" ", 1)[1].split(","))
    key_id, day, *scope = fields["Credential"].split("/")
    claimed = request.headers["x-amz-content-sha256"]
    if claimed not in {hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"}:
        return False
    names = fields["SignedHeaders"].split(";")
    query = sorted(request.query_params.multi_items())
    canonical = "\n".join(
        (
            request.method,
            quote(request.url.path),
            "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query),
            *(f"{name}:{request.headers[name].strip()}" for name in names),
            "",
            ";".join(names),
            claimed,
        )
    )
    key = b"AWS4" + SECRET.encode()
    for part in (day, *scope):
        key = hmac.digest(key, part.encode(), "sha256")
    to_sign = "\n".join(
        (
            "AWS4-HMAC-SHA256",
            request.headers["x-amz-date"],
            "/".join((day, *scope)),
            hashlib.sha256(canonical.encode()).hexdigest(),
        )
    )
    expected = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    return key_id == KEY_ID and scope[0] == REGION and expected == fields["Signature"]


def _xml(text: str) -> Response:
    return Response(f'<?xml version="1.0"?>{text}', media_type="application/xml")


def _error(status: int, code: str) -> Response:
    text = f"<Error><Code>{code}</Code><Message>{KEY_ID} may not</Message></Error>"
    return Response(text, status, media_type="application/xml")


@asynccontextmanager
async def a_bucket() -> AsyncIterator[tuple[BucketServer, dict[str, str]]]:
    """Serve a bucket; give it, and the settings that lead to it."""
    server = BucketServer()
    app = FastAPI()
    app.add_api_route("/{path:path}", server.answer, methods=["GET", "PUT", "POST", "DELETE"])
    async with served(app) as address:
        yield (
            server,
            {
                "file_store_url": f"s3://{BUCKET}/evidence/2026",
                "file_store_endpoint": address,
                "file_store_region": REGION,
                "file_store_key_id": KEY_ID,
                "file_store_secret": SECRET,
            },
        )
