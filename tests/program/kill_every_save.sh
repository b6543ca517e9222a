#!/bin/bash
# kill_every_save.sh PAR_MIDI KIND: saves a `midi` file, a `wav`, an `ogg`, a training run
# (`checkpoint`) or one whose newest state is damaged, so that it resumes from the previous
# one (`resumed`). The program itself saves it, and is killed, or gets the error of a full
# or of a broken disk, at the k-th call of each file system call of the save, for every k.
# After each try the old or the new file must be there, whole, and the new one if the
# program reported success. Prints TAP; skips without strace.
set -u
par=$(realpath "$1") kind=$2
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # LeakSanitizer needs ptrace
t=$(realpath "$(mktemp -d)")
trap 'rm -rf "$t"' EXIT
export XDG_CACHE_HOME=$t/cache OPENBLAS_NUM_THREADS=1
cd "$t" || exit 1

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}
strace -qq -o log -e trace=close -e inject=close:error=EIO:when=1 true 2>/dev/null ||
    skip 'strace does not work here'

# Each kind: what is saved (`target`; its whole name, which strace compares), how
# (`save`), and `whole`, which is true if the target is old or new; with an argument,
# if it is that one.
name=target
calls='openat write fsync close ?rename,?renameat,?renameat2'
notes() { # SHIFT: a small piece
    awk -v x="$1" 'BEGIN { printf "2 378"
        for (i = 0; i < 400; i++) printf " %d 268 %d", 51 + (i * x) % 30, 179 + (i * x) % 30
        print " 1" }'
}
same() { cmp -s "$1" "$2"; }
# An Ogg stream without its random number, and so without its pages' checksums.
pages() {
    python3 -c '
import sys
data, at = bytearray(open(sys.argv[1], "rb").read()), 0
while at < len(data):
    assert data[at:at + 4] == b"OggS"
    data[at + 14:at + 18] = data[at + 22:at + 26] = bytes(4)
    at += 27 + data[at + 26] + sum(data[at + 27:at + 27 + data[at + 26]])
assert at == len(data)
sys.stdout.buffer.write(data)' "$1" || echo "no Ogg stream: $1 of $RANDOM"
}
whole_file() {
    if [ "${1-}" ]; then same $name "$1"; else same $name old || same $name new; fi
}
case $kind in
midi)
    notes 7 | "$par" detokenize -o old && notes 11 >ids || exit 1
    save=("$par" detokenize ids -o "$t/$name")
    whole() { whole_file "$@"; }
    ;;
wav | ogg)
    name=target.$kind
    echo 2 378 63 278 191 1 | "$par" detokenize -o old.mid || exit 1
    echo 2 378 70 268 198 1 | "$par" detokenize -o new.mid || exit 1
    "$par" render old.mid -o old.$kind --rate 8000 2>err || skip 'there is no SoundFont'
    mv old.$kind old
    save=("$par" render new.mid -o "$t/$name" --rate 8000)
    whole() { whole_file "$@"; }
    [ $kind = wav ] || same() { cmp -s <(pages "$1") <(pages "$2"); }
    ;;
checkpoint | resumed)
    # The files that a run reads determine what it writes.
    calls+=' read ?link,?linkat ?unlink,?unlinkat'
    mkdir set
    for i in 1 2 3; do notes $i | "$par" detokenize -o set/$i.mid || exit 1; done
    "$par" train set --out old --preset tiny --context 16 --latents 4 --width 8 --heads 1 \
        --layers 1 --batch 1 --threads 1 --steps 3 >out 2>err || exit 1
    if [ $kind = resumed ]; then
        "$par" train --resume old --threads 1 --steps 6 >out 2>err || exit 1
        printf '\377' | dd of=old/state.safetensors bs=1 conv=notrunc status=none \
            seek=$(($(wc -c <old/state.safetensors) - 100))
    fi
    save=("$par" train --resume "$t/$name" --threads 1 --steps 9)
    sums() { # RUN: the checksums of its tensors, and its metrics without times
        head -c 5000 "$1/state.safetensors" | grep -a -o '"sha256": *"[0-9a-f]*"'
        head -c 5000 "$1/last.safetensors" | grep -a -o '"sha256": *"[0-9a-f]*"'
        sed 's/, "latents_per_second": [^,}]*//; s/, "elapsed": [^,}]*//' "$1/metrics.jsonl"
    }
    # Old or new, the run must be resumed to the same end, bit for bit.
    whole() {
        [ "${1-}" != new ] || [ "$(sums target)" = "$(sums new)" ] || return
        "${save[@]}" >out 2>err && [ "$(sums target)" = "$(sums new)" ]
    }
    ;;
esac

reset() {
    rm -rf $name $name.tmp
    cp -r old $name
}
# strace's options for the calls that concern what is saved, and for no other.
watched() {
    if [ ! -d old ]; then echo -P "$t/$name" -P "$t/$name.tmp" -P "$t"; else
        echo -P "$t/$name"
        for part in config.json data.ini skipped.txt metrics.jsonl curves.svg \
            last.safetensors best.safetensors state.safetensors previous.safetensors; do
            echo -P "$t/target/$part" -P "$t/target/$part.tmp"
        done
    fi
}
# shellcheck disable=SC2207
paths=($(watched))

reset
strace -qq -o order "${paths[@]}" -e trace=openat,write,fsync,close,rename,renameat,renameat2 \
    "${save[@]}" >out 2>err || { cat err >&2 && exit 1; }
cp -r $name new

# After a success everything is on the disk: the data, then the name, then the folder.
in_order() {
    awk '/^openat.*tmp"/ { open = 1; synced = 0 }
        /^write/ && open { synced = 0 }
        /^fsync/ { if (open) synced = 1; else if (renamed) renamed = 0 }
        /^rename/ { if (!synced || renamed) exit 1; count++; open = 0; renamed = 1 }
        END { exit !(count > 0 && !renamed) }' order
}
faults=0 bad=0
complain() {
    echo "$kind: $how at $call number $k: $1" >&2
    bad=$((bad + 1))
}
torment() {
    for how in signal=KILL error=ENOSPC error=EIO; do
        for call in $calls; do
            for ((k = 1; k < 400; k++)); do
                reset
                strace -qq -o log "${paths[@]}" -e trace="$call" \
                    -e inject="$call:$how:when=$k" "${save[@]}" >out 2>err
                status=$?
                grep -q -e INJECTED -e 'killed by' log || break
                faults=$((faults + 1))
                [ ${how%%=*} = signal ] || [ $status -le 1 ] || complain "status $status"
                [ $status -ne 1 ] || [ "$(wc -l <err)" -ge 1 ] || complain 'not a word'
                if [ $status = 0 ]; then whole new || complain 'success, but not new'; else
                    whole || complain 'damaged'
                fi
            done
        done
    done 2> >(grep -v 'Killed  ' >&2)
    echo "# $kind: $faults faults, $bad of them not survived"
    [ $faults -ge 20 ] && [ $bad = 0 ]
}
count=0 failures=0
rule() {
    count=$((count + 1))
    if "${@:2}"; then echo "ok $count - $1"; else
        echo "not ok $count - $1"
        failures=$((failures + 1))
    fi
}
what="a $kind"
case $kind in
midi | wav | ogg) what="a $kind file" ;;
checkpoint) what='a training run' ;;
resumed) what='a training run that went on from its previous state' ;;
esac
rule "$what is on the disk before the program says that it is saved" in_order
rule "$what survives a kill, a full and a broken disk at every call of a save" torment
echo "1..$count"
[ $failures = 0 ]
