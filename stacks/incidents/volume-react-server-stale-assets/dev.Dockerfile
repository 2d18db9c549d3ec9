# Release 2 of the web page.
FROM incidents.test/app:1
USER root
RUN mkdir -p /srv/static && echo 'release 2' > /srv/static/app.js
USER 10001:10001
