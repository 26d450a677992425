# Two stages: the first installs by hash and compiles bytecode, the second carries only what runs.
FROM python:3.12-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.lock ./
RUN /app/.venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY kb kb
COPY tools tools
COPY agents agents
COPY graph graph
COPY server server
COPY deploy/superfluous.py deploy/superfluous.py
RUN /app/.venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /app/.venv/bin/python deploy/superfluous.py > /tmp/superfluous \
 && /app/.venv/bin/pip uninstall --quiet --yes --requirement /tmp/superfluous \
 && /app/.venv/bin/python -m compileall -q /app/.venv

FROM python:3.12-slim-bookworm
# Reads pictures of salary slips; without it a person does.
RUN apt-get update && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-hin && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 esoteric && mkdir -p /data/outbox && chown -R esoteric /data
COPY --from=build /app/.venv /app/.venv
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data HOST=0.0.0.0 AUTH_REQUIRED=true
USER esoteric
WORKDIR /home/esoteric
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
CMD ["esoteric", "serve"]
