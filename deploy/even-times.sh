#!/bin/sh
# Starts a server that does not hide the times of its files, and touches all in FOLDER at random moments, a second apart
# on average, for as long as it runs. The file in which a Valkey keeps envelopes grows with each of them, and its time
# would tell when the last one came; those of nginx, when somebody read a page. The moments depend on nothing, as those
# of service/stores/file_times.py: it waits one half-life for each coin that falls tails, and a random part of another.
#   sh even-times.sh FOLDER valkey-server envelopes.conf --dir FOLDER …
set -eu
folder=$1
shift
even() {
    # As a write does it: the time of reading is another one, and always the same.
    find "$folder" -exec touch -c -a -d @0 {} + -exec touch -c -m {} +
}
# One round in sight: where a tool is missing or another one, the server does not start and says why.
drawn=$(od -An -N4 -tu4 /dev/urandom)
: $((drawn / 65536))
sleep 0.001
even
# The shell becomes the server, and its number stays; what runs beside it is no child of the server.
( (
    while kill -0 "$$" 2>/dev/null; do
        drawn=$(od -An -N4 -tu4 /dev/urandom)
        coins=$((drawn / 65536)) wait=$((drawn % 65536 * 693 / 65536)) # ms
        while [ $((coins % 2)) = 1 ]; do
            coins=$((coins / 2)) wait=$((wait + 693))
        done
        sleep "$((wait / 1000)).$(printf '%03d' $((wait % 1000)))"
        even 2>/dev/null || :
    done
) & )
exec "$@"
