# A pooler of connections, from Debian's packages.
FROM incidents.test/app:1
USER root
RUN apt-get update && apt-get install -y --no-install-recommends pgbouncer \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
EXPOSE 6432
