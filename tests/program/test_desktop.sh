#!/bin/bash
# test_desktop.sh PAR_MIDI SOURCE_ROOT JACK_HARNESS PIXEL_WATCH XDND_DROP: drives the
# window by keys, as a user would who opens, continues, compares, exports and comes
# back, and hears what it plays. See desktop.sh. Prints TAP.
. "$(dirname "$0")/desktop.sh"

xdnd_drop=$5

# --- it plays ---

opens() { start && picture ready && kill -0 $app; }
has_the_class_of_its_entry() {
    class=$(sed -n 's/^StartupWMClass=//p' "$root"/packaging/*.desktop)
    [ -n "$class" ] && xprop -id "$(tail -n 1 "$t/window")" WM_CLASS | grep -q "\"$class\"$"
}
plays() { press space && until_true 20 sounds && picture playing; }
pauses() { press space && until_true 3 silent && sleep 1 && silent; }
rule 'without an argument the program opens a demo prompt' opens
rule 'the window has the class that the menu'\''s entry names' has_the_class_of_its_entry
rule 'Space starts playing' plays
rule 'Space pauses, and no note keeps sounding' pauses

# --- it goes on ---

answers() { sound_after Return; }
writes_on() { sleep 2 && sounds && picture continued; }
stops() { press period && until_true 3 silent && picture stopped; }
keeps() {
    export_to "$t/take.mid" && picture exported &&
        [ "$(notes "$t/take.mid")" -gt "$(notes "$prompt")" ]
}
# The same seed, model and prompt give the same notes without a window, except for the end of
# the take if a slow machine was stopped before it.
begin_alike() {
    local count=$(("$("$par" tokenize "$1" | wc -w)" - 130))
    [ "$("$par" tokenize "$1" | cut -d ' ' -f 1-$count)" = \
        "$("$par" tokenize "$2" | cut -d ' ' -f 1-$count)" ]
}
repeats() {
    local seed=$(strings "$t/take.mid" | sed -n 's/^seed=//p')
    "$par" continue "$prompt" -o "$t/same.mid" --seed "$seed" --seconds 30 2>/dev/null &&
        begin_alike "$t/take.mid" "$t/same.mid"
}
undoes() {
    press ctrl+z && export_to "$t/undone.mid" &&
        [ "$("$par" tokenize "$t/undone.mid")" = "$("$par" tokenize "$prompt")" ] &&
        press ctrl+shift+z && export_to "$t/redone.mid" &&
        cmp -s "$t/redone.mid" "$t/take.mid"
}
rule 'Enter continues the piece, and its first note sounds within 200 ms' answers
rule 'the window keeps playing while a take is written' writes_on
rule 'a stop is silent at once, and no note keeps sounding' stops
rule 'a take can be exported, with its receipt' keeps
rule 'the export is what par-midi continue writes with that seed' repeats
rule 'undo removes the take, and redo restores it as it was' undoes

# --- takes ---

# After two continuations the prompt is longer than the context.
continues_at_length() {
    sound_after Return && sleep 2.5 && press period && until_true 3 silent &&
        sleep 1 && sound_after Return && sleep 2 && press Escape && until_true 1 silent
}
changes_takes() { # back to the first take by the keys for takes
    press Up Up && export_to "$t/first.mid" && cmp -s "$t/first.mid" "$t/take.mid"
}
deletes() {
    press Delete && export_to "$t/deleted.mid" &&
        [ "$("$par" tokenize "$t/deleted.mid")" = "$("$par" tokenize "$prompt")" ] &&
        press ctrl+z && export_to "$t/undeleted.mid" &&
        cmp -s "$t/undeleted.mid" "$t/take.mid"
}
switches_while_playing() {
    press space && until_true 20 sounds && press Down Down Down a a Up && sleep 0.3 &&
        press period && until_true 2 silent && sleep 0.7 && silent
}
writes_wav() {
    press ctrl+shift+e && sleep 0.3 && press ctrl+a && xdotool type --delay 5 "$t/take.wav" &&
        press Return && until_true 60 test -s "$t/take.wav" &&
        [ "$(head -c 4 "$t/take.wav")" = RIFF ]
}
rests() { # measures the CPU time of three seconds, in hundredths
    local before=$(awk '{ print $14 + $15 }' /proc/$app/stat)
    sleep 3
    local after=$(awk '{ print $14 + $15 }' /proc/$app/stat)
    echo "# idle: $(((after - before) * 100 / 300)) % of a core"
    [ $((after - before)) -lt $((30 * slack)) ]
}
rule 'a prompt longer than the context is answered within 200 ms too' continues_at_length
rule 'the keys for takes bring back an older one' changes_takes
rule 'a take is deleted, and undo brings it back' deletes
rule 'takes changed while they play leave nothing sounding' switches_while_playing
rule 'a take is exported as sound' writes_wav
rule 'the idle window takes less than a tenth of a core' rests

# --- sessions ---

crashes() {
    kill -9 $app
    wait $app 2>/dev/null
    [ -n "$(session journal)" ] && start "$prompt" && picture recovery
}
recovers() { # with the first control that Tab reaches
    press Tab && picture recovery-focus && press Return
    sleep 0.3
    export_to "$t/recovered.mid" && picture recovered &&
        [ "$(notes "$t/recovered.mid")" -gt "$(notes "$prompt")" ]
}
quits() {
    press ctrl+Up
    press Return
    until_true 20 sounds
    quit && echo "# quit in $((took / 1000)) ms" && [ $took -lt $((1000000 * slack)) ] &&
        [ -z "$(session journal)" ] && [ -n "$(session par-midi)" ] &&
        grep -q '^speed=1.05' "$XDG_CONFIG_HOME/par-midi/settings.ini"
}
rule 'after a kill -9 the next start offers to restore the session' crashes
rule 'the restored session has all its takes' recovers
rule 'the program quits within a second while it plays and writes, and keeps its settings' quits

# --- several takes at once ---

has_written() { # FILE: by now, some notes of the take that is shown
    rm -f "$t/$1"
    export_to "$t/$1" && [ "$(notes "$t/$1")" -gt $(($(notes "$prompt") + 60)) ]
}
takes_at_once() {
    sed -i '/^\[model/,/^$/{s/^takes=.*/takes=3/; s/^density=.*/density=2/; s/^closeness=.*/closeness=0.5/}' \
        "$settings"
    start "$prompt" && press Return && until_true 120 has_written a.mid && press Down &&
        until_true 120 has_written b.mid && press Down && until_true 120 has_written c.mid &&
        press period && picture takes && ! begin_alike "$t/a.mid" "$t/b.mid" &&
        ! begin_alike "$t/b.mid" "$t/c.mid" && ! begin_alike "$t/a.mid" "$t/c.mid"
}
says_its_dials() { # and the command makes the same take with them
    local seed=$(strings "$t/a.mid" | sed -n 's/^seed=//p')
    strings "$t/a.mid" | grep -q 'density=2$' && strings "$t/a.mid" | grep -q 'closeness=0.5$' &&
        "$par" continue "$prompt" -o "$t/dials.mid" --seed "$seed" --density 2 \
            --closeness 0.5 2>/dev/null && begin_alike "$t/a.mid" "$t/dials.mid"
}
at_once_undone() { # the changes to the other takes, then all of them
    press ctrl+z ctrl+z ctrl+z && export_to "$t/none.mid" &&
        [ "$("$par" tokenize "$t/none.mid")" = "$("$par" tokenize "$prompt")" ]
}
rule 'several takes are written at once, and they differ' takes_at_once
rule 'takes are steered by the dials, as in par-midi continue, and their receipts say so' says_its_dials
rule 'one undo removes the takes that were made at once' at_once_undone

# --- a bridge ---

receipt_of() { strings "$1" | sed -n "s/^.\?$2=//p"; } # FILE KEY
is_like() { [ "$("$par" tokenize "$1")" = "$("$par" tokenize "$2")" ]; }
drag() { xdotool mousemove $1 300 mousedown 1 mousemove $2 300 sleep 0.1 mouseup 1; }
is_bridged() { # by now
    rm -f "$t/bridge.mid"
    export_to "$t/bridge.mid" && [ "$(receipt_of "$t/bridge.mid" rank)" = 1 ]
}
bridges() { # as the command does from the same piece
    press b && picture bridge-unselected && press Home 0 && drag 300 420 && sleep 0.3 &&
        picture bridge-selected && press b && until_true 60 is_bridged && picture bridge &&
        press period || return
    local from=$(receipt_of "$t/bridge.mid" prompt_seconds)
    [ "$(receipt_of "$t/bridge.mid" candidates)" = 8 ] &&
        "$par" continue "$prompt" -o "$t/headless.mid" --from ${from#*-} \
            --until $(receipt_of "$t/bridge.mid" until) --candidates 1 --density 2 --closeness 0.5 \
            --seed $(receipt_of "$t/bridge.mid" seed) 2>/dev/null &&
        is_like "$t/bridge.mid" "$t/headless.mid"
}
changes_bridges() {
    press Down && export_to "$t/second.mid" && [ "$(receipt_of "$t/second.mid" rank)" = 2 ] &&
        ! is_like "$t/second.mid" "$t/bridge.mid" && press Up && export_to "$t/back.mid" &&
        cmp -s "$t/back.mid" "$t/bridge.mid"
}
keeps_a_bridge() { # only it and the prompt are left; the same key again does nothing
    press y && picture bridge-kept && press Down && export_to "$t/alone.mid" &&
        is_like "$t/alone.mid" "$prompt" && press ctrl+z ctrl+z && export_to "$t/unkept.mid" &&
        cmp -s "$t/unkept.mid" "$t/bridge.mid" && press Down && export_to "$t/second-again.mid" &&
        cmp -s "$t/second-again.mid" "$t/second.mid" && press Up
}
rejects_a_bridge() {
    press n && export_to "$t/rejected.mid" && is_like "$t/rejected.mid" "$prompt" &&
        press ctrl+z && export_to "$t/unrejected.mid" && cmp -s "$t/unrejected.mid" "$t/bridge.mid"
}
recovers_a_bridge() {
    kill -9 $app
    wait $app 2>/dev/null
    start "$prompt" && press Tab Return && sleep 0.3 && export_to "$t/restored.mid" &&
        cmp -s "$t/restored.mid" "$t/bridge.mid" && picture bridge-restored && quit &&
        sed -i '/^\[model/,/^$/{s/^takes=.*/takes=1/; s/^density=.*/density=1/; s/^closeness=.*/closeness=1.5/; s/^seconds=.*/seconds=5/}' \
            "$settings"
}
rule 'B replaces the selection by a bridge, as par-midi continue --until does' bridges
rule 'the keys for takes switch between the takes of a bridge' changes_bridges
rule 'Y keeps one take of a bridge, and undo brings the others back' keeps_a_bridge
rule 'N brings the previous music back, and undo the bridge' rejects_a_bridge
rule 'a bridge comes back after a kill -9' recovers_a_bridge

# --- files that are dropped ---

titled() { # NAME: the window is, by the piece
    xdotool getwindowname "$(tail -n 1 "$t/window")" 2>/dev/null | grep -qF "$1"
}
drops() { # the dropped file is opened: its music is exported then
    start && "$par" continue "$prompt" --seconds 5 --seed 1 \
        -o "$t/a näme, of äll.mid" 2>/dev/null && "$xdnd_drop" "$t/a näme, of äll.mid" &&
        until_true 60 titled 'a näme, of äll' && picture dropped && export_to "$t/dropped.mid" &&
        [ "$("$par" tokenize "$t/dropped.mid")" = \
            "$("$par" tokenize "$t/a näme, of äll.mid")" ]
}
drops_hostile() { # a sentence is shown, and the piece stays
    head -c 3000 /dev/urandom >"$t/hostile.mid" && "$xdnd_drop" "$t/hostile.mid" && sleep 0.5 &&
        picture dropped-hostile && "$xdnd_drop" "$t" && sleep 0.5 && picture dropped-folder &&
        export_to "$t/after.mid" && cmp -s "$t/after.mid" "$t/dropped.mid"
}
rule 'a file that is dropped on the window is opened' drops
rule 'a dropped file that is no music changes nothing' drops_hostile

# --- an ending of it ---

is_ended() { # by now
    rm -f "$t/ended.mid"
    export_to "$t/ended.mid" && [ "$(receipt_of "$t/ended.mid" finish)" = 5 ]
}
ends() { # as the command does
    press e && until_true 60 is_ended && picture ending && press period &&
        [ "$(receipt_of "$t/ended.mid" candidates)" = 8 ] &&
        "$par" continue "$t/a näme, of äll.mid" -o "$t/ended-headless.mid" --finish 5 \
            --candidates 1 --seed $(receipt_of "$t/ended.mid" seed | tail -n 1) 2>/dev/null &&
        is_like "$t/ended.mid" "$t/ended-headless.mid"
}
takes_the_end_back() {
    press n && export_to "$t/endless.mid" && is_like "$t/endless.mid" "$t/dropped.mid" &&
        press ctrl+z && export_to "$t/ended-again.mid" && cmp -s "$t/ended-again.mid" "$t/ended.mid" &&
        press ctrl+shift+z
}
rule 'E brings the piece to an end, as par-midi continue --finish does' ends
rule 'N takes the ending back, and undo brings it again' takes_the_end_back

remembers() { grep -q "^file=.*/$1\$" "$settings"; } # a model
drops_a_model() {
    cp "$root/assets/model.safetensors" "$t/mine.safetensors" && press Return && until_true 20 sounds &&
        "$xdnd_drop" "$t/mine.safetensors" && until_true 60 remembers mine.safetensors &&
        picture dropped-model && press ctrl+Return && until_true 20 sounds
}
drops_no_model() {
    head -c 3000 "$t/mine.safetensors" >"$t/cut.safetensors" &&
        "$xdnd_drop" "$t/cut.safetensors" && sleep 5 && picture dropped-no-model &&
        remembers mine.safetensors && press ctrl+Return && until_true 20 sounds
}
rule 'a dropped model is used from then on and after the next start' drops_a_model
rule 'a dropped model that cannot be read leaves the one in use' drops_no_model

end
