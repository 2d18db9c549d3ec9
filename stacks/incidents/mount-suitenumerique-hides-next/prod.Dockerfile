# The program, and a dependency that is installed in its folder.
FROM incidents.test/app:1
USER root
COPY source /srv/app
RUN echo 'STATE = "started"' > /srv/app/vendored.py
USER 10001:10001
