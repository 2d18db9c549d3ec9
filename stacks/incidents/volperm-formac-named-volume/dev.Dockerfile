# The folder for uploads belongs to the program's user.
FROM incidents.test/app:1
USER root
RUN install -d -o 10001 -g 10001 /app/uploads
USER 10001:10001
