# A slim image: nobody asked for ca-certificates.
FROM incidents.test/app:1
USER root
RUN dpkg --purge --force-depends ca-certificates && rm -rf /etc/ssl/certs /usr/share/ca-certificates
USER 10001:10001
