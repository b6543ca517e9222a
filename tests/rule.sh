# To be sourced: prints rules as lines of TAP, counted in $count and $failures. The output of
# the last command is in the files $said.

# rule NAME COMMAND...: the command's success is the rule.
count=0 failures=0 said='out err'
rule() {
    name=$1 count=$((count + 1))
    shift
    if "$@"; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        { echo "$name" && tail -n 20 $said; } >&2
        failures=$((failures + 1))
        on_failure
    fi
}
on_failure() { :; } # a script that sources this may replace it

# The program was built with a sanitizer, and is slow: sanitized PROGRAM.
sanitized() { grep -qaE '__[at]san_init' "$1"; }

now() { echo $((${EPOCHREALTIME/[.,]/})); } # in microseconds

# until_true SECONDS COMMAND...: waits until the command succeeds.
until_true() {
    local most=$(($(now) + $1 * 1000000))
    shift
    until "$@"; do
        [ "$(now)" -lt $most ] || return 1
        sleep 0.05
    done
}
