# Two stages: the first installs, the second holds only what runs.
# The image brings no PostgreSQL and no secret: give it DATABASE_URL, MIGRATIONS_DATABASE_URL
# and BAAT_SECRET, and run `baat migrate` once before a new version serves.
FROM python:3.13-slim AS build

WORKDIR /build
RUN python -m venv /opt/baat
ENV PATH="/opt/baat/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

# The packages change less often than the code, so they are a layer of their own.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

# Installed where it lies, because `baat migrate` reads the migrations beside the package.
WORKDIR /srv/baat
COPY . .
RUN pip install --no-deps --editable .


FROM python:3.13-slim

RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/baat --create-home baat
COPY --from=build /opt/baat /opt/baat
COPY --from=build /srv/baat /srv/baat
WORKDIR /srv/baat

ENV PATH="/opt/baat/bin:$PATH" PYTHONUNBUFFERED=1 BAAT_HOME=/var/lib/baat
USER baat
VOLUME ["/var/lib/baat"]
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]

STOPSIGNAL SIGTERM
CMD ["baat", "serve", "--host", "0.0.0.0"]
