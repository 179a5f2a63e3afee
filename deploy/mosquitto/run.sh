#!/bin/sh
# Runs Mosquitto with the configuration $1, and has it read the rules and passwords in the folder $2 again when they change
# (looked at every $3 seconds). Mosquitto does so at SIGHUP, and ends connections of users who are no longer let in.
set -u
configuration=$1
access=$2
every=${3:-5}

state() {
  cksum "$access/acl" "$access/passwords" 2>&1
}

stopping=
seen=$(state)
mosquitto -c "$configuration" &
broker=$!
trap 'stopping=yes; kill -TERM "$broker"' TERM INT

while [ -z "$stopping" ] && kill -0 "$broker" 2>/dev/null; do
  sleep "$every" &
  wait "$!"
  now=$(state)
  if [ -z "$stopping" ] && [ "$now" != "$seen" ]; then
    seen=$now
    kill -HUP "$broker"
  fi
done
wait "$broker"
