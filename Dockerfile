# The commands with everything they need. Keys and records are mounted, never copied in:
#   docker build -t civitas .
#   docker run --rm -v "$PWD/deployments:/civitas/deployments" civitas ape run check --help
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends git make \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home civitas && install -d -o civitas /civitas
USER civitas
WORKDIR /civitas

# The environment changes less often than the sources.
COPY --chown=civitas Makefile pyproject.toml uv.lock README.md LICENSE ./
COPY --chown=civitas ape-revm ape-revm
COPY --chown=civitas civitas civitas
RUN make .venv/.ready

COPY --chown=civitas . .
ENV PATH=/civitas/.venv/bin:$PATH \
    APE_DATA_FOLDER=/civitas/.cache/ape \
    PYTHONWARNINGS=ignore::UserWarning
RUN make .build/.compiled

CMD ["make", "demo"]
