# The program is built for the processor that the image says.
FROM incidents.test/app:1
USER root
RUN cp /bin/sh /usr/local/bin/server
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/server"]
