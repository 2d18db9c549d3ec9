#!/bin/bash
# Ready means: the broker answers an AMQP greeting with Connection.Start (class 10, method 10).
# The listener opens last in the boot, so this is as good as the diagnostics tool and takes
# milliseconds where that takes more than a second.
exec 3<>/dev/tcp/127.0.0.1/5672 || exit 1
printf 'AMQP\x00\x00\x09\x01' >&3
answer="$(timeout 2 head -c 11 <&3 | od -An -v -tx1 | tr -d ' \n')"
[ "${answer:0:6}" = 010000 ] && [ "${answer:14:8}" = 000a000a ]
