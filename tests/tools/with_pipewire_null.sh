#!/bin/bash
# with_pipewire_null.sh COMMAND...: runs a TAP test beside a PipeWire of its own, whose
# one sink, "par", takes sound at the pace of a real one. $PAR_PIPEWIRE_PID is its
# process. Without PipeWire it skips. No sound card is needed.
for program in pipewire wireplumber pw-cli wpctl dbus-run-session; do
    command -v $program >/dev/null || { echo "1..0 # SKIP no $program here"; exit; }
done
# Without a session bus WirePlumber links nothing.
[ -n "$PAR_ON_BUS" ] || PAR_ON_BUS=1 exec dbus-run-session -- "$0" "$@"
folder=$(mktemp -d) || exit 1
export XDG_RUNTIME_DIR=$folder HOME=$folder JACK_NO_START_SERVER=1
pipewire >"$folder/log" 2>&1 &
export PAR_PIPEWIRE_PID=$!
for _ in {1..600}; do
    [ -S "$folder/pipewire-0" ] && break
    sleep 0.1
done
wireplumber >>"$folder/log" 2>&1 &
manager=$!
sleep 1
pw-cli create-node adapter '{ factory.name=support.null-audio-sink node.name=par
    media.class=Audio/Sink object.linger=true audio.position=[FL,FR]
    audio.rate=48000 }' >/dev/null 2>&1
for _ in {1..600}; do
    wpctl status 2>/dev/null | grep -q '\*.*par' && break
    sleep 0.1
done
timeout -k 1 "${PAR_LIMIT:-100}" "$@"
status=$?
kill -9 $manager $PAR_PIPEWIRE_PID 2>/dev/null # which may be stopped, or gone
wait 2>/dev/null
rm -rf "$folder"
exit $status
