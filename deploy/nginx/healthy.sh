#!/bin/bash
# Ends with 0 when nginx answers on port 80. It asks only nginx: the service has a check of its own.
exec 3<>"/dev/tcp/127.0.0.1/${1:-80}" || exit 1
printf 'GET / HTTP/1.0\r\nHost: health\r\n\r\n' >&3
read -r -t 4 _ status _ <&3
[ "$status" = 301 ]
