#!/bin/bash
# test_bench.sh PAR_MIDI SOURCE_ROOT: the output and the errors of bench; the figures
# themselves depend on the machine. Prints TAP, one line per rule.
par=$(realpath "$1") root=$(realpath "$2")
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
cd "$t" || exit 1
. "$root/tests/rule.sh"
command -v python3 >/dev/null || { echo '1..0 # SKIP no python3 here'; exit; }

# bench STATUS OPTION...: runs bench with a very small shape; its output is in out and err.
bench() {
    local want=$1
    shift
    "$par" bench --width 8 --heads 1 --layers 1 --latents 4 --context 16,32 --steps 1 \
        --tokens 2 --threads 1 "$@" >out 2>err </dev/null
    local got=$?
    [ $got = "$want" ] || { echo "exit status $got, not $want" >&2 && false; }
}
# holds EXPRESSION: checks an expression of the JSON output, which is `a`.
holds() { python3 -c 'import json, sys; a = json.load(open("out")); sys.exit(not eval(f"({sys.argv[1]})"))' "$1"; }

answers() {
    bench 0 --json &&
        holds '{k: a["shape"][k] for k in ("width", "heads", "layers", "latents")} ==
            {"width": 8, "heads": 1, "layers": 1, "latents": 4} and
            a["shape"]["parameters"] > 0' &&
        holds '[r["context"] for r in a["contexts"]] == [16, 32]' &&
        holds 'all(r["training"]["latents_per_second"] > 0 and
            r["training"]["operations_per_step"] > 0 and
            r["training"]["share_of_peak"] > 0 for r in a["contexts"])' &&
        holds 'all(r["generation"][k] > 0 for r in a["contexts"] for k in
            ("tokens_per_second", "median_ms", "slowest_ms", "prompt_ms", "eight_more_ms",
             "bytes_per_token", "share_of_memory_bandwidth", "start_ms",
             "eight_takes_tokens_per_second", "eight_takes_in_one_takes_time"))' &&
        holds 'all(r["training"]["evaluated_latents_per_second"] > 0 and
            r["generation"]["start_ms"] >= r["generation"]["prompt_ms"]
            for r in a["contexts"])' &&
        holds 'all(r["generation"]["median_ms"] <= r["generation"]["slowest_ms"]
            for r in a["contexts"])' &&
        holds 'all(r["generation"]["weights"] == "int8" for r in a["contexts"])'
}
recalls() {
    bench 0 --json --recall && holds 'a["shape"]["recall"] and
        all(r["training"]["latents_per_second"] > 0 and r["generation"]["median_ms"] > 0
            for r in a["contexts"])' && cp out with && bench 0 --json &&
        holds 'not a["shape"]["recall"] and a["shape"]["parameters"] <
            json.load(open("with"))["shape"]["parameters"]'
}
takes_models() { # with the shape and the vocabulary of the file
    local model=$root/assets/model.safetensors
    "$par" bench --model "$model" --context 2048 --tokens 2 --no-training --json >out 2>err &&
        holds 'a["shape"]["width"] == 256 and a["shape"]["parameters"] > 5e6 and
            a["contexts"][0]["generation"]["tokens_per_second"] > 0' &&
        mkdir -p data/par-midi/models && cp "$model" data/par-midi/models/mine.safetensors &&
        XDG_DATA_HOME=$PWD/data "$par" bench --model mine --context 2048 --tokens 2 \
            --no-training --json >out 2>err && holds 'a["shape"]["width"] == 256' &&
        ! "$par" bench --model "$root/tests/rule.sh" >out 2>err && [ ! -s out ] &&
        [ "$(wc -l <err)" = 1 ]
}
knows_machine() {
    holds 'all(a["machine"][k] > 0 for k in
        ("float_gflops", "memory_gb_per_second", "cache_gb_per_second")) and
        a["machine"]["bf16_gflops"] >= 0'
}
leaves_out() {
    bench 0 --json --no-training --exact --context 16 &&
        holds '"training" not in a["contexts"][0] and
            a["contexts"][0]["generation"]["weights"] == "exact"'
}
begins_at_latents() {
    "$par" bench --width 8 --heads 1 --layers 1 --latents 5000 --tokens 2 --threads 1 \
        --no-training --json >out 2>err &&
        holds '[r["context"] for r in a["contexts"]] == [5000, 32768, 131072]'
}
prints_tables() {
    bench 0 --no-generation --float && grep -q '^shape: width 8, 1 heads, 1 layers, 4 latents' out &&
        grep -q '^training' out && ! grep -q '^generation' out &&
        [ "$(grep -c '^ *\(16\|32\) ' out)" = 2 ]
}
# refuses TEXT OPTION...: in one sentence with that text, before anything is measured.
refuses() {
    local text=$1
    shift
    bench 2 "$@" && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -q -e "$text" err
}
refuses_all() {
    refuses 'takes no files' x.mid &&
        refuses '--steps must be' --steps 0 && refuses '--steps must be' --steps 1001 &&
        refuses '--tokens must be' --tokens 1 &&
        refuses '--threads must be' --threads 1025 && refuses '--threads must be' --threads -1 &&
        refuses 'not "word"' --context 16,word && refuses 'not ""' --context 16, &&
        refuses '--context is empty' --context '' && refuses 'context' --context 0 &&
        refuses 'context' --context -5 && refuses 'context' --context 99999999999999999999 &&
        refuses 'head' --heads 3 && refuses 'cannot be given with --model' --model x
}
lacks_memory() {
    (ulimit -v 450000 && bench 1 --context 16) && [ ! -s out ] &&
        [ "$(grep -c 'not enough memory' err)" = 1 ]
}

rule 'bench --json has the speed of training and of generation for each context' answers
rule 'bench reports the peak of the machine' knows_machine
rule '--no-training and --no-generation leave that part out, and --exact generates with float weights' leaves_out
rule '--recall measures a model that recalls' recalls
rule '--model measures a file' takes_models
rule 'without --context no context is below the latents' begins_at_latents
rule 'bench prints tables without --json' prints_tables
rule 'what cannot be measured is refused in one sentence with exit status 2' refuses_all
if sanitized "$par"; then
    echo "ok $((count += 1)) # SKIP a sanitizer needs more than any limit"
else
    rule 'bench without enough memory says so with exit status 1' lacks_memory
fi
echo "1..$count"
[ $failures = 0 ]
