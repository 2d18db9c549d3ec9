# Release 1 of the web page.
FROM incidents.test/app:1
USER root
RUN mkdir -p /srv/static && echo 'release 1' > /srv/static/app.js
USER 10001:10001
