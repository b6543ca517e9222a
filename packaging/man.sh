#!/bin/sh
# man.sh PAR_MIDI TEMPLATE: prints the manual page: the template, with the version for
# @VERSION@ and, for the line @COMMANDS@, what --help of each command says, so that the page
# names every option.
set -eu
par=$1 template=$2
export LC_ALL=C.UTF-8 ASAN_OPTIONS=detect_leaks=0

# A command's --help as roff. It is: "Usage:", the usage, a summary, "Options:", the
# options, and a description, of which lines that begin with a space stand as they are.
roff='
function text(s) {
    gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); gsub(/…/, "...", s)
    if (s ~ /^[.\x27]/) s = "\\&" s
    return s
}
function option(line,    at, name, help) { # "  -o, --output=FILE   What it does"
    sub(/^ +/, "", line)
    at = match(line, /  +/)
    name = at ? substr(line, 1, at - 1) : line
    help = at ? substr(line, at + RLENGTH) : ""
    print ".TP"
    print ".B " text(name)
    print text(help)
}
part == "usage" { sub(/^ +/, ""); print ".SS " text($0); part = "summary"; next }
/^Usage:$/ { part = "usage"; next }
/^Options:$/ { part = "options"; next }
part == "options" && NF == 0 { part = "description"; next }
part == "options" { option($0); next }
NF == 0 { print ".PP"; next }
part == "description" && !begun { print ".PP"; begun = 1 }
/^ / { print ".nf"; print text($0); print ".fi"; next }
{ print text($0) }
'

version=$("$par" --version)
while IFS= read -r line; do
    case $line in
    @COMMANDS@)
        for command in $("$par" --help | sed -n 's/^  par-midi \([a-z][a-z]*\) .*/\1/p'); do
            "$par" "$command" --help | awk "$roff"
        done
        ;;
    *@VERSION@*) printf '%s\n' "${line%@VERSION@*}${version#par-midi }${line#*@VERSION@}" ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$template"
