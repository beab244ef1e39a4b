# slamon in a container. Build and run:  docs/manual/production.md
# Everything that is installed is pinned with its hash in requirements.lock; slamon itself is copied, so that no build
# tool has to be fetched.
FROM python:3.11-slim AS build
COPY requirements.lock /build/
RUN python -m venv --without-pip /opt/slamon && \
    python -m pip --python /opt/slamon/bin/python install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary=:all: -r /build/requirements.lock
COPY slamon /opt/slamon/lib/python3.11/site-packages/slamon
COPY grafana/dashboards /opt/slamon/lib/python3.11/site-packages/slamon/dashboards
RUN printf '#!/opt/slamon/bin/python\nfrom slamon.__main__ import main\n\nmain()\n' > /opt/slamon/bin/slamon && \
    chmod 755 /opt/slamon/bin/slamon && \
    /opt/slamon/bin/python -m compileall -q /opt/slamon/lib/python3.11/site-packages/slamon && \
    /opt/slamon/bin/slamon --version

FROM python:3.11-slim
LABEL org.opencontainers.image.title="slamon" \
      org.opencontainers.image.description="Availability measured on schedule and accounted exactly as agreed" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10650 slamon && \
    useradd --system --uid 10650 --gid 10650 --no-create-home --home-dir /var/lib/slamon --shell /usr/sbin/nologin slamon && \
    install -d -o slamon -g slamon -m 0750 /var/lib/slamon && \
    install -d -m 0755 /etc/slamon
COPY --from=build /opt/slamon /opt/slamon
COPY LICENSE /usr/share/doc/slamon/
ENV PATH=/opt/slamon/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    SLAMON_CONFIG=/etc/slamon \
    SLAMON_DATA=/var/lib/slamon
# A number, so that an orchestrator can see that it is not root.
USER 10650:10650
WORKDIR /var/lib/slamon
VOLUME /var/lib/slamon
EXPOSE 10650
STOPSIGNAL SIGTERM
# Over the control socket, which needs no certificate and no user. A service that is down is no reason to be unhealthy.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s \
    CMD ["/opt/slamon/bin/python", "-c", "import pathlib, sys; from slamon.commands.control import Control; sys.exit(not Control(pathlib.Path('/var/lib/slamon')).alive())"]
ENTRYPOINT ["slamon"]
# All interfaces of the container; who gets there is decided by what is published.
CMD ["run", "--listen", ":10650"]
