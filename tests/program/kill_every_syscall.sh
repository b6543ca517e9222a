#!/bin/sh
# kill_every_syscall.sh REPLACE_DEMO: kills the program, then simulates a full disk, then a
# broken one, at the k-th call of each file system call, for every k. After each try the
# file must be whole, old or new, and new if the program reported success.
demo=$1
export ASAN_OPTIONS=detect_leaks=0 # LeakSanitizer needs ptrace
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
file=$folder/file

if ! strace -qq -o "$folder/log" -e trace=close -e inject=close:error=EIO:when=1 true \
    2>/dev/null; then
    echo "strace does not work here: skipped"
    exit 77
fi

"$demo" save "$file" 1 || exit 1
old=1 new=1 tries=0 bad=0
complain() {
    echo "$how at $call number $k: $1" >&2
    bad=$((bad + 1))
}
for how in signal=KILL error=ENOSPC error=EIO; do
    for call in openat write fsync close ?rename,?renameat,?renameat2; do
        k=0
        while [ $k -lt 60 ]; do
            k=$((k + 1)) new=$((new + 1))
            strace -qq -o "$folder/log" -e trace=$call -e inject=$call:$how:when=$k \
                "$demo" save "$file" $new >/dev/null 2>&1
            status=$?
            if now=$("$demo" check "$file"); then
                [ "$now" = $old ] || [ "$now" = $new ] || complain "neither old nor new"
                [ $status -ne 0 ] || [ "$now" = $new ] || complain "success, but old"
            else
                complain "the file is damaged"
                now=$new
                "$demo" save "$file" $new
            fi
            old=$now
            grep -q -e INJECTED -e 'killed by' "$folder/log" || break
            tries=$((tries + 1))
            if [ ${how%%=*} = error ] && [ $status -ne 0 ] && [ -e "$file.tmp" ] &&
                [ -s "$file.tmp" ]; then
                complain "the temporary is left behind"
            fi
            rm -f "$file.tmp"
        done
    done
done
echo "$tries faults, $bad of them not survived"
[ $tries -gt 20 ] && [ $bad -eq 0 ]
