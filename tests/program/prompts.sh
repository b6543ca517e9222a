#!/bin/sh
# Tests that the demo prompts equal the output of their source:  prompts.sh make_prompts PROMPT...
make_prompts=$1
shift
made=$(mktemp -d) || exit 1
trap 'rm -rf "$made"' EXIT

count=1
report() { # what, then the command that shows it
    what=$1
    shift
    if "$@" >&2; then ok=ok; else ok='not ok'; fi
    echo "$ok $count - $what"
    count=$((count + 1))
}

as_many() { [ "$(ls "$made" | wc -l)" = "$1" ]; }

report 'make_prompts runs' "$make_prompts" "$made"
for prompt; do
    name=$(basename "$prompt")
    report "$name is made again byte for byte" cmp "$prompt" "$made/$name"
done
report 'no prompt is missing' as_many $#
echo "1..$((count - 1))"
