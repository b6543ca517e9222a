#!/bin/bash
# test_desktop_files.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS: where exports go, what they
# ask, and what two windows remember. See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"

# --- exports ---

piece=$t/pieces/étude.mid
mkdir -p "$t/pieces/out" "$t/elsewhere" && cp "$prompt" "$piece" && cp "$prompt" "$t/elsewhere/"
proposed() { # KEY: is written as it is proposed
    press "$1" && sleep 0.3 && press Return
}
opens_beside() { # in the folder of the time before this one would be elsewhere
    start "$t/elsewhere/${prompt##*/}" && quit && start "$piece" && proposed ctrl+e &&
        picture written && until_true 60 test -s "$t/pieces/étude 2.mid"
}
next_number() {
    proposed ctrl+e && until_true 60 test -s "$t/pieces/étude 3.mid" && proposed ctrl+shift+e &&
        until_true 60 test -s "$t/pieces/étude 4.wav"
}
# While it plays, files may not grow beyond 50 KB; then they may again. What is there of
# the name before stays, and a part of it, which tells when the export has ended.
full_disk() {
    local file=$t/pieces/full.ogg
    echo before >"$file" && touch "$file.tmp" && press Home space && until_true 20 sounds &&
        prlimit --pid $app --fsize=50000: && export_over "$file" &&
        until_true 60 gone "$file.tmp" && sleep 0.3 && picture full-disk &&
        grep -qx before "$file" && until_true 20 sounds && prlimit --pid $app --fsize=unlimited: &&
        export_over "$file" && until_true 60 is_ogg "$file" && picture disk-again &&
        gone "$file.tmp" && until_true 20 sounds && press period
}
export_over() { # FILE, which is there: the sound
    press ctrl+shift+e && sleep 0.3 && press ctrl+a && xdotool type --delay 5 "$1" &&
        press Return Return
}
gone() { [ ! -e "$1" ]; }
is_ogg() { [ "$(head -c 4 "$1")" = OggS ]; }
# Bars of three, by the marks on their first beats: the prompt has none.
taps() {
    local tap
    for tap in shift+F10 F10 F10 shift+F10 F10 F10; do press $tap && sleep 0.3; done
    picture tapping && until_true 30 has_threes && picture tapped &&
        [ "$(notes "$t/bars.mid")" = "$(notes "$prompt")" ] && press ctrl+z && ! has_threes
}
has_threes() { # what is on screen: a signature of 3/4
    rm -f "$t/bars.mid"
    export_to "$t/bars.mid" && LC_ALL=C grep -qaP '\xff\x58\x04\x03\x02' "$t/bars.mid"
}
asks() { # once; it is told apart by the time of the file
    touch -d 2001-01-01 "$t/pieces/étude 2.mid" && press ctrl+e && sleep 0.3 &&
        press ctrl+a && xdotool type --delay 5 "$t/pieces/out/x.mid" && press Return &&
        until_true 60 test -s "$t/pieces/out/x.mid" &&
        touch -d 2001-01-01 "$t/pieces/out/x.mid" && press ctrl+e && sleep 0.3 &&
        press ctrl+a && xdotool type --delay 5 "$t/pieces/out/x.mid" && press Return &&
        sleep 1 && picture asked && is_old "$t/pieces/out/x.mid" && press Escape &&
        is_old "$t/pieces/out/x.mid"
}
is_old() { [ "$(date -r "$1" +%Y)" = 2001 ]; }
is_new() { ! is_old "$1"; }
replaces() {
    press ctrl+e && sleep 0.3 && press ctrl+a &&
        xdotool type --delay 5 "$t/pieces/out/x.mid" && press Return Return &&
        until_true 30 is_new "$t/pieces/out/x.mid" && picture replaced && quit
}
rule 'an export is proposed beside the opened file under a free name' opens_beside
rule 'a second export is proposed under the next free name, for sound as for notes' next_number
rule 'a full disk stops an export, leaves what was there, and the music goes on' full_disk
rule 'F10 taps bars for a piece without bars; its export has them, and undo removes them' taps
rule 'an existing file is not replaced without a question' asks
rule 'an existing file is replaced once the user agrees' replaces

keeps_the_model() { # through a link, whatever is answered
    cp "$root/assets/model.safetensors" "$t/model" && ln -s ../model "$t/pieces/m.mid" &&
        PAR_MIDI_MODEL=$t/model start "$piece" && press ctrl+e && sleep 0.3 && press ctrl+a &&
        xdotool type --delay 5 "$t/pieces/m.mid" && press Return Return && sleep 1 &&
        picture kept && cmp "$t/model" "$root/assets/model.safetensors" && quit
}
if [ -e "$root/assets/model.safetensors" ]; then
    rule 'the model that plays is not replaced by an export' keeps_the_model
fi

# While takes are written, the folder with earlier exports is left alone.
listed() { # how often anything was asked about it
    grep -c "$t/many" "$t/calls"
}
reads_once() {
    mkdir "$t/many" && cp "$prompt" "$t/many/x.mid" || return
    local i before
    for i in '' ' '{2..100}; do cp "$prompt" "$t/many/x, continued$i.mid"; done
    under="strace -f --seccomp-bpf -e trace=%file -o $t/calls" && start "$t/many/x.mid"
    under=
    until_true 30 grep -q 'many", O_RDONLY.*O_DIRECTORY' "$t/calls" && sleep 1 &&
        before=$(listed) && press Return && until_true 30 sounds && sleep 2 && press period &&
        [ "$(listed)" = "$before" ] && proposed ctrl+e &&
        until_true 60 test -s "$t/many/x, continued 101.mid" && quit
}
if strace -f --seccomp-bpf -e trace=%file true 2>/dev/null; then
    rule 'a folder full of exports is read once' reads_once
fi

# --- sessions by name ---

kept() { [ -e "$XDG_STATE_HOME/par-midi/sessions/$1" ]; }
named() { # and found by the name, without the program's having ended
    start "$piece" && press ctrl+s && sleep 0.3 && xdotool type --delay 5 Evening &&
        press Return && until_true 30 kept Evening.journal && press ctrl+n &&
        until_true 30 kept Evening.par-midi && press ctrl+o && sleep 0.5 &&
        picture sessions && press Return && until_true 30 kept Evening.journal
}
copied() { # a name that cannot be is asked for again
    press ctrl+shift+s && sleep 0.3 && xdotool type --delay 5 /x && press Return &&
        sleep 0.3 && picture slash && press BackSpace BackSpace &&
        xdotool type --delay 5 ' 2' && press Return &&
        until_true 30 kept 'Evening 2.journal' && kept Evening.par-midi && quit &&
        kept 'Evening 2.par-midi' && ! session journal
}
rule 'a session is kept under its name, and can be opened by it' named
rule 'a copy continues under another name, and the session stays' copied

# --- two windows ---

no_model() {
    PAR_MIDI_MODEL=$t/none start "$piece" && press Return f ctrl+Return shift+Return b e F5 &&
        sleep 0.3 && picture no-model && press space && until_true 20 sounds && press period
}
both_remembered() { # faster in the first, softer in the second, which ends last
    local first
    press ctrl+Up && first=$app && cp "$t/window" "$t/first" &&
        start "$prompt" && until_true 60 second_window &&
        xdotool windowfocus --sync "$(tail -n 1 "$t/second")" && press shift+Down &&
        sleep 0.3 && kill -TERM $first && wait $first && kill -TERM $app && wait $app &&
        grep -q '^speed=1.05' "$settings" && grep -q '^volume=0.75' "$settings"
}
second_window() {
    xdotool search --class par-midi 2>/dev/null | grep -vxFf "$t/first" >"$t/second"
}
rule 'without a model the keys that continue do nothing, and it plays' no_model
rule 'two windows do not overwrite each other'\''s settings' both_remembered

end
