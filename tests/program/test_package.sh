#!/bin/bash
# test_package.sh BUILD VERSION: installs the build into a folder, moves that, and checks
# the files for the system; prints TAP. Rules whose checking tool is missing are skipped.
build=$1 version=$2 sources=$(realpath "$(dirname "$0")/../..")
id=org.par_midi.ParMidi
t=$(mktemp -d) || exit 1
trap 'rm -rf "$t"' EXIT
. "$sources/tests/rule.sh"
cd "$t" || exit 1
# The libraries of sound that doctor asks keep some memory to the end.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
unset PAR_MIDI_MODEL DISPLAY WAYLAND_DISPLAY XDG_DATA_DIRS
export XDG_DATA_HOME=$t/home LC_ALL=C.UTF-8

DESTDIR=$t/staged meson install -C "$build" --no-rebuild --quiet >out 2>err || {
    cat out err >&2
    exit 1
}
prefix=$(cd staged && find . -path '*/bin/par-midi' -printf '%h\n')
mv "staged/${prefix%/bin}" moved && rm -rf staged
par=$t/moved/bin/par-midi share=$t/moved/share
commands=$("$par" --help | sed -n 's/^  par-midi \([a-z]*\) .*/\1/p')

# checked TOOL SENTENCE COMMAND...: a rule, if the tool is here.
checked() {
    if command -v "$1" >/dev/null; then
        rule "${@:2}"
    else
        count=$((count + 1))
        echo "ok $count # SKIP $1 is not installed"
    fi
}

finds_its_data() {
    "$par" doctor >out 2>err
    grep -qx "demo prompt *$share/par-midi/prompts/.*mid" out &&
        { [ ! -e "$share/par-midi/model.safetensors" ] ||
            { grep -qx "model *$share/par-midi/model.safetensors" out &&
                [ -s "$share/par-midi/model.repertoire" ]; }; }
}
finds_in_xdg() { # alone, then with the user's, then with what lies beside it
    mkdir -p alone "$XDG_DATA_HOME/par-midi/prompts" dirs/par-midi/prompts &&
        cp "$par" alone/ || return
    local prompt place
    prompt=$(basename "$share"/par-midi/prompts/chopin*)
    for place in dirs/par-midi/prompts "$XDG_DATA_HOME/par-midi/prompts" alone/prompts; do
        mkdir -p "$place" && cp "$share/par-midi/prompts/$prompt" "$place/" || return
        XDG_DATA_DIRS=$t/dirs alone/par-midi doctor >out 2>err
        grep -q "^demo prompt .*${place#"$t/"}/$prompt" out || return
    done
}
is_in_the_menu() {
    desktop-file-validate "$share/applications/$id.desktop" >out 2>&1 && [ ! -s out ] &&
        grep -qx 'Exec=par-midi %f' "$share/applications/$id.desktop" &&
        grep -qx "Icon=$id" "$share/applications/$id.desktop"
}
is_described() {
    appstreamcli validate --no-net "$share/metainfo/$id.metainfo.xml" >out 2>&1 &&
        grep -q "<release version=\"$version\"" "$share/metainfo/$id.metainfo.xml" &&
        grep -q ">$id.desktop<" "$share/metainfo/$id.metainfo.xml"
}
has_icons() {
    local size icons=$share/icons/hicolor
    grep -q '<svg' "$icons/scalable/apps/$id.svg" || return
    for size in 48 128 256; do # width and height stand at byte 16 of a PNG
        od -An -tu4 --endian=big -j16 -N8 "$icons/${size}x$size/apps/$id.png" >out &&
            grep -qx " *$size *$size" out || return
    done
}
kind_of() { # FILE, as a desktop tells it
    XDG_DATA_DIRS=$share:/usr/share gio info -a standard::content-type "$1" >out 2>err &&
        sed -n 's/.*content-type: //p' out
}
sessions_have_a_kind() {
    update-mime-database "$share/mime" 2>err || return
    printf 'par-midi\1\0\0\0\0\0\0\0' >named.par-midi && cp named.par-midi nameless &&
        echo 'par-midi is a program' >text
    [ "$(kind_of named.par-midi)" = application/x-par-midi ] &&
        [ "$(kind_of nameless)" = application/x-par-midi ] &&
        [ "$(kind_of text)" = text/plain ] && grep -q 'application/x-par-midi' \
        "$share/applications/$id.desktop"
}
reads_as_a_page() {
    man --warnings -l "$share/man/man1/par-midi.1" >page 2>err && [ ! -s err ] &&
        grep -q "$version" page
}
page_names_every_option() {
    local command option
    for command in $commands; do
        sed 's/\\-/-/g' "$share/man/man1/par-midi.1" |
            awk -v c="$command" '/^\.S[SH]/ { on = $3 == c } on' >section
        "$par" "$command" --help | grep -oE '^  (-., )?--[a-z0-9-]+' |
            grep -oE -- '--.*' >options
        [ "$(wc -l <options)" -ge 2 ] || return
        while read -r option; do
            grep -qE -- "^\.B (-., )?$option(=|\$)" section ||
                { echo "$command $option" >err && return 1; }
        done <options
    done
}
completed() { # WORD...: what the last may become
    bash -c '. /usr/share/bash-completion/bash_completion
        . "$0/bash-completion/completions/par-midi"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        _par_midi
        printf "%s\n" "${COMPREPLY[@]}"' "$share" "$par" "$@" 2>err
}
completes() {
    local command
    mkdir -p c/folder "$XDG_DATA_HOME/par-midi/models" &&
        touch "$XDG_DATA_HOME/par-midi/models/mine.safetensors" && touch c/a.mid c/b.ogg c/c.safetensors || return
    for command in $commands; do completed '' | grep -qx "$command" || return; done
    [ "$(completed continue --see)" = --seed ] &&
        [ "$(completed continue c/ | sort | xargs)" = 'c/a.mid c/folder' ] &&
        [ "$(completed play c/ | sort | xargs)" = 'c/a.mid c/folder' ] &&
        [ "$(completed continue --audio c/b)" = c/b.ogg ] &&
        [ "$(completed continue -m c/c)" = c/c.safetensors ] &&
        completed info '' | grep -qx mine &&
        [ "$(completed train --recall '' | xargs)" = 'on off' ] &&
        [ "$(completed train c/)" = c/folder ]
}
packages_take_what_run_takes() { # each library's headers; gcc and libc are there anyway
    local package
    for package in $(. "$sources/.ci/setup.sh" && printf '%s\n' "${build_packages[@]}" |
        grep -e '-dev$' | grep -vx -e libc6-dev -e libopenblas-pthread-dev); do
        sed -n '/^Build-Depends:/,/^[A-Z]/p' "$sources/debian/control" |
            grep -qE "^ +$package[ ,]" || { echo "$package" >err && return 1; }
    done
}
is_the_packages_version() {
    head -n 1 "$sources/debian/changelog" | grep -q "^par-midi ($version)"
}
says_the_licences() {
    grep -q 'MIT License' "$share/doc/par-midi/LICENSE" &&
        grep -q 'CC BY-NC-SA' "$share/doc/par-midi/MODEL_CARD.md"
}

rule 'an installation that was moved finds its model and its demo prompt' finds_its_data
rule 'data is found beside the program, else in $XDG_DATA_HOME, else in $XDG_DATA_DIRS' \
    finds_in_xdg
checked desktop-file-validate 'the entry in the menu is valid' is_in_the_menu
checked appstreamcli 'its description is valid, and of this version' is_described
rule 'there is an icon of each size' has_icons
checked update-mime-database 'a session is known by its first bytes and by its ending' \
    sessions_have_a_kind
rule 'the manual page has every option of every command' page_names_every_option
checked man 'the manual page is formatted without a warning' reads_as_a_page
if [ -e /usr/share/bash-completion/bash_completion ]; then
    rule 'bash completes commands, options and what an option takes' completes
else
    checked bash-completion
fi
rule "Debian's packages are of the same version" is_the_packages_version
rule 'the packages are built from the libraries that ./run installs' packages_take_what_run_takes
rule 'the licences of code and model are installed' says_the_licences
echo "1..$count"
exit $((failures > 0))
