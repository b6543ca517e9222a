# To be sourced: rules as lines of TAP, counted in $count and $failures. What the last
# command said is looked for in the files out and err.

# rule NAME COMMAND...: the command's success is the rule.
count=0 failures=0
rule() {
    name=$1 count=$((count + 1))
    shift
    if "$@"; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        { echo "$name" && tail -n 20 out err; } >&2
        failures=$((failures + 1))
    fi
}
