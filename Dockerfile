# slamon in a container: docker build -t slamon .
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN python -m venv /opt/slamon && \
    /opt/slamon/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY slamon slamon
RUN /opt/slamon/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.11-slim
RUN useradd --system --uid 10650 --home-dir /var/lib/slamon --create-home --shell /usr/sbin/nologin slamon
COPY --from=build /opt/slamon /opt/slamon
ENV PATH=/opt/slamon/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SLAMON_CONFIG=/etc/slamon \
    SLAMON_DATA=/var/lib/slamon
USER slamon
WORKDIR /var/lib/slamon
VOLUME /var/lib/slamon
EXPOSE 10650
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:10650/-/healthy', timeout=4)"]
ENTRYPOINT ["slamon"]
CMD ["run", "--listen", "0.0.0.0:10650"]
