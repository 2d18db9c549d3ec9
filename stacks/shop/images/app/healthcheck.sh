#!/bin/bash
# healthcheck.sh web: the service answers /health with 200, so its dependencies answer too.
# healthcheck.sh worker: the worker's loop has turned within the last 15 seconds.
case "${1:-web}" in
    web)
        exec 3<>/dev/tcp/127.0.0.1/8000 || exit 1
        printf 'GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
        read -r -t 4 _ status _ <&3
        [ "$status" = 200 ]
        ;;
    worker)
        [ -f /tmp/worker.alive ] && [ $(($(date +%s) - $(stat -c %Y /tmp/worker.alive))) -lt 15 ]
        ;;
    *)
        echo "usage: healthcheck.sh web|worker" >&2
        exit 2
        ;;
esac
