# PHP with a php.ini that allows 512 MB.
FROM incidents.test/app:1
USER root
RUN apt-get update && apt-get install -y --no-install-recommends php8.2-cli \
    && rm -rf /var/lib/apt/lists/* \
    && sed -i 's/^memory_limit = .*/memory_limit = 512M/' /etc/php/8.2/cli/php.ini
USER 10001:10001
