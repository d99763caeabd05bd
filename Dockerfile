# The embedded profile in one container: records in SQLite, search in process, files in a folder.
# Built where packages can be reached; run where nothing can be.
FROM python:3.11-slim-bookworm AS build
WORKDIR /opt/chienowa
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY pyproject.toml constraints.txt ./
COPY kernel kernel
COPY kb_service kb_service
COPY ocr_service ocr_service
COPY portal portal
COPY assembly assembly
COPY migrations migrations
COPY evals evals
COPY benchmarks benchmarks
RUN pip install --extra-index-url "$TORCH_INDEX" -c constraints.txt .
# The word vectors are turned into the static model while ja_ginza can be read, so that the first start is short.
RUN CHIENOWA_HOME=/opt/base chienowa model build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/chienowa --create-home chienowa
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=10001 /opt/base /var/lib/chienowa
ENV PATH=/opt/venv/bin:$PATH CHIENOWA_HOME=/var/lib/chienowa CHIENOWA_HOST=0.0.0.0 PYTHONUNBUFFERED=1
USER chienowa
VOLUME /var/lib/chienowa
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["chienowa"]
CMD ["serve"]
