# A smaller image, without time zones.
FROM incidents.test/app:1
USER root
RUN dpkg --purge --force-depends tzdata && rm -rf /usr/share/zoneinfo /etc/localtime
USER 10001:10001
