# A start script with the line ends of a checkout on Windows.
FROM incidents.test/app:1
USER root
RUN printf '#!/bin/sh\r\nexec "$@"\r\n' > /usr/local/bin/start && chmod 755 /usr/local/bin/start
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/start"]
