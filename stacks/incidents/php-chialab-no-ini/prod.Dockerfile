# PHP without a php.ini: what is built in counts.
FROM incidents.test/app:1
USER root
RUN apt-get update && apt-get install -y --no-install-recommends php8.2-cli \
    && rm -rf /var/lib/apt/lists/* \
    && rm -f /etc/php/8.2/cli/php.ini
USER 10001:10001
