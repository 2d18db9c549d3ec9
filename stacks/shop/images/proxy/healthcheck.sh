#!/bin/bash
# Ready means: nginx itself answers on its plain port. What stands behind it has its own check.
exec 3<>/dev/tcp/127.0.0.1/8080 || exit 1
printf 'GET /proxy-health HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
