# Three images from one Debian: the service, nginx, tor. docker-compose.yml starts them.
# The tag is exact; add "@sha256:…" after it where you can look the digest up. nginx, tor and python3 are Debian's and
# not pinned, so that building again brings Debian's security updates.

FROM debian:12.11-slim AS base
# One number for each user, because files and sockets are shared by number: the service is 10001, nginx 10002, tor 10003.
RUN groupadd --gid 10001 undersigned \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin undersigned \
 && groupadd --gid 10002 front \
 && useradd --uid 10002 --gid 10002 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin front \
 && groupadd --gid 10003 onion \
 && useradd --uid 10003 --gid 10003 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin onion \
 && install -d -m 0750 -o 10001 -g 10001 /run/undersigned \
 && install -d -m 0750 -o 10002 -g 10003 /run/undersigned-onion

FROM base AS python
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/*

FROM python AS libraries
WORKDIR /opt/undersigned
COPY requirements.txt ./
COPY vendor vendor
# The wheel of pip comes along, as in ./run; every library is checked against its hash.
RUN python3 -m venv --without-pip .venv \
 && .venv/bin/python "$(echo vendor/pip-*.whl)/pip" install --disable-pip-version-check --no-cache-dir --require-hashes --no-deps \
    --only-binary :all: --requirement requirements.txt

FROM python AS service
WORKDIR /opt/undersigned
COPY --from=libraries /opt/undersigned/.venv .venv
COPY crypto crypto
COPY service service
COPY templates templates
COPY deploy/healthy.py deploy/healthy.py
RUN python3 -m compileall -q crypto service \
 && install -d -m 0700 -o 10001 -g 10001 /var/lib/undersigned
# What is freed is overwritten, by each of the three allocators (service/web/forgetting.py).
ENV GLIBC_TUNABLES=glibc.malloc.perturb=85:glibc.malloc.tcache_count=0 \
    PYTHONMALLOC=malloc \
    _RJEM_MALLOC_CONF=junk:free \
    PYTHONDONTWRITEBYTECODE=1 \
    UNDERSIGNED_APPEAL=/etc/undersigned/appeal \
    UNDERSIGNED_DATA=/var/lib/undersigned \
    UNDERSIGNED_LISTEN=unix:/run/undersigned/service.sock \
    UNDERSIGNED_TRUSTED_HOPS=1
USER 10001:10001
STOPSIGNAL SIGINT
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["/opt/undersigned/.venv/bin/python", "deploy/healthy.py", "/run/undersigned/service.sock"]
CMD ["/opt/undersigned/.venv/bin/python", "-m", "service"]

FROM base AS nginx
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends nginx libnginx-mod-http-js \
 && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-enabled /var/log/nginx
COPY deploy/nginx /opt/undersigned/deploy/nginx
COPY deploy/even-times.sh /opt/undersigned/deploy/even-times.sh
# What is freed is overwritten.
ENV GLIBC_TUNABLES=glibc.malloc.perturb=85:glibc.malloc.tcache_count=0
USER 10002:10002
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s CMD ["/bin/bash", "/opt/undersigned/deploy/nginx/healthy.sh"]
# A socket left by a crash would block the start.
CMD ["/bin/sh", "-c", "rm -f /run/undersigned-onion/nginx.sock /run/undersigned-onion/desk.sock && exec sh /opt/undersigned/deploy/even-times.sh /run/undersigned-nginx nginx -c /opt/undersigned/deploy/nginx/nginx.conf"]

FROM base AS tor
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tor \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -m 0700 -o 10003 -g 10003 /var/lib/tor
COPY deploy/tor/torrc /etc/tor/torrc
USER 10003:10003
STOPSIGNAL SIGINT
HEALTHCHECK --interval=60s --timeout=5s --start-period=60s CMD ["/usr/bin/test", "-s", "/var/lib/tor/undersigned/hostname"]
CMD ["/usr/bin/tor", "-f", "/etc/tor/torrc"]
