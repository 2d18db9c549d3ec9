# A server's folder belongs to the user that the image names.
FROM incidents.test/app:1
USER root
RUN install -d -o 1001 -g 1001 -m 0755 /opt/server/deployments
USER 1001
